import Glibc

/// What tells one state of a file from another without reading it: inode, size and modification time.
struct FileIdentity: Sendable, Hashable {
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// What stat(2) said.
    init(_ status: stat) {
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// Looks at a path; `nil` for what is not a regular file, a link among them.
    init?(ofFile path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }

    /// Whether the content was changed before that of the other.
    func isOlder(than other: FileIdentity) -> Bool {
        (seconds, nanoseconds) < (other.seconds, other.nanoseconds)
    }
}
