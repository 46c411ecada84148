import EventLoop
import Glibc
import HTTPCore
import Synchronization

/// One state of a file's content.
struct FileVersion: Sendable {
    /// Hash of the content as text.
    let hash: String
    /// Strong tag made of the hash.
    let tag: EntityTag
    /// Modification time.
    let modified: HTTPDate
    /// Value of `Content-Type`.
    let contentType: String
    /// Number of bytes.
    let size: Int64
    /// What tells this version from another without reading the file.
    let identity: Identity
    /// The content in memory, or the open file.
    let content: Content

    /// Inode, size and modification time.
    struct Identity: Sendable, Hashable {
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
    }

    /// Where the bytes are.
    enum Content: Sendable {
        case memory([UInt8])
        case file(FileBody)
    }

    /// Reads a file.
    ///
    /// - Parameter path: A regular file.
    /// - Throws: ``SocketError/failed(call:code:)``; with `EFBIG` for a file larger than ``HTTPLimits/staticFileBytesMax``.
    init(path: String) throws(SocketError) {
        let file = try FileBody(path: path)
        guard file.count <= HTTPLimits.staticFileBytesMax else { throw .failed(call: "open", code: EFBIG) }
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw .last("fstat") }
        // Large files are read once in pieces for their hash and sent from the disk afterwards.
        if file.count <= HTTPLimits.staticFileCachedBytesMax {
            let bytes = try file.read()
            hash = ContentHash(bytes).text
            size = Int64(bytes.count)
            content = .memory(bytes)
        } else {
            hash = try Self.hash(of: file)
            size = file.count
            content = .file(file)
        }
        tag = EntityTag(hash)
        modified = HTTPDate(epochSeconds: Int64(status.st_mtim.tv_sec))
        contentType = ContentTypes.type(of: path)
        identity = Identity(status)
    }

    private static func hash(of file: FileBody) throws(SocketError) -> String {
        var parts: [UInt8] = []
        var position: Int64 = 0
        while position < file.count {
            let piece = try file.part(position..<min(position + (1 << 20), file.count)).read()
            if piece.isEmpty { break }
            parts += Array(ContentHash(piece).text.utf8)
            position += Int64(piece.count)
        }
        return ContentHash(parts).text
    }

    /// A range of the content as a response body.
    func body(_ range: Range<Int64>) -> HTTPResponseBody {
        switch content {
        case .memory(let bytes):
            range.count == bytes.count
                ? .bytes(bytes) : .bytes(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        case .file(let file):
            .file(file.part(range))
        }
    }
}

extension StaticFiles {
    /// A known file and its present version.
    final class File: Sendable {
        private let path: String
        private let state: Mutex<State>

        private struct State {
            var version: FileVersion
            var checked: ContinuousClock.Instant
        }

        /// Reads the file for the first time.
        init(path: String) throws(StaticFilesError) {
            self.path = path
            do {
                state = Mutex(State(version: try FileVersion(path: path), checked: .now))
            } catch {
                throw .unreadable(path)
            }
        }

        /// The present version, looked after at most once a second; `nil` when the file is gone.
        func current() -> FileVersion? {
            state.withLock { state in
                let now = ContinuousClock.now
                guard state.checked.duration(to: now) >= .seconds(1) else { return state.version }
                var status = stat()
                guard lstat(path, &status) == 0 else { return nil }
                state.checked = now
                if FileVersion.Identity(status) != state.version.identity {
                    // A file that cannot be read now is being replaced: the version before is still right for a moment.
                    if let version = try? FileVersion(path: path) { state.version = version }
                }
                return state.version
            }
        }
    }
}
