import CEpoll
import Glibc

/// The file of a Unix-domain socket that this process bound; removed when its owner goes away.
///
/// Remembers which file it made, so that one that another process has put in its place meanwhile is left alone.
struct SocketFile: ~Copyable, Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t
    private var isOwned = true

    /// The socket file that was just bound at a path; `nil` when it is gone already.
    init?(_ path: String) {
        guard let status = Self.status(path) else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    deinit {
        guard isOwned, let status = Self.status(path), status.st_dev == device, status.st_ino == inode else { return }
        _ = unlink(path)
    }

    /// Gives the file up without removing it.
    consuming func disown() {
        isOwned = false
    }

    /// Binds a socket to a path, taking the place of one that nobody listens on.
    ///
    /// - Returns: The bound, non-blocking socket.
    /// - Throws: ``SocketError/failed(call:code:)`` of the call that failed.
    static func bind(_ path: String, mode: UInt32) throws(SocketError) -> Descriptor {
        var address = try address(path)
        let descriptor = try make()
        var status = call(Glibc.bind, descriptor.number, &address)
        if status != 0 && errno == EADDRINUSE && isAbandoned(&address, path) {
            guard unlink(path) == 0 || errno == ENOENT else { throw .last("unlink") }
            status = call(Glibc.bind, descriptor.number, &address)
        }
        guard status == 0 else { throw .last("bind") }
        // Nobody can connect before listen(2), so the file never has a moment of wider permissions that matters.
        guard chmod(path, mode_t(mode)) == 0 else { throw .last("chmod") }
        return descriptor
    }

    /// Whether the path is a socket that refuses connections: its process ended without removing it.
    private static func isAbandoned(_ address: inout sockaddr_un, _ path: String) -> Bool {
        // The caller reports why its own call failed, not what the probe found.
        defer { errno = EADDRINUSE }
        guard let status = status(path), status.st_mode & S_IFMT == S_IFSOCK else { return false }
        guard let probe = try? make() else { return false }
        return call(Glibc.connect, probe.number, &address) != 0 && errno == ECONNREFUSED
    }

    private static func make() throws(SocketError) -> Descriptor {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(AF_UNIX, flags, 0)
        guard number >= 0 else { throw .last("socket") }
        return Descriptor(adopting: number)
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    private static func address(_ path: String) throws(SocketError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let isWritten = withUnsafeMutableBytes(of: &address.sun_path) { target in
            // One byte is left for the terminating zero, and a zero inside would cut the path short.
            guard !bytes.isEmpty, bytes.count < target.count, !bytes.contains(0) else { return false }
            target.copyBytes(from: bytes)
            return true
        }
        guard isWritten else { throw .failed(call: "bind", code: bytes.isEmpty ? ENOENT : ENAMETOOLONG) }
        return address
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32,
        _ descriptor: Int32,
        _ address: inout sockaddr_un
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
