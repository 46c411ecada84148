public import EventLoop
import Glibc

/// A part of a regular file as the content of a response; sent without copying it through the process.
///
/// The file stays open as long as a value lives, so what is sent is one version even when the path gets another file.
public struct FileBody: Sendable {
    private let file: OpenFile
    /// First byte.
    public let offset: Int64
    /// Number of bytes.
    public let count: Int64

    private final class OpenFile: Sendable {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) {
            self.descriptor = descriptor
        }
    }

    /// Opens a file as a whole.
    ///
    /// - Parameter path: A regular file; a symbolic link at the end of the path is not followed.
    /// - Throws: ``SocketError/failed(call:code:)`` of `open` or `fstat`; with `EINVAL` for what is not a regular file.
    public init(path: String) throws(SocketError) {
        // O_NONBLOCK: opening a FIFO must not wait for its other end.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard number >= 0 else { throw .last("open") }
        let descriptor = Descriptor(adopting: number)
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last("fstat") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .failed(call: "open", code: EINVAL) }
        file = OpenFile(descriptor)
        offset = 0
        count = Int64(status.st_size)
    }

    private init(file: OpenFile, offset: Int64, count: Int64) {
        self.file = file
        self.offset = offset
        self.count = count
    }

    /// Number of the open descriptor.
    var descriptor: Int32 { file.descriptor.number }

    /// A part of this part, clamped to it.
    public func part(_ range: Range<Int64>) -> FileBody {
        let range = range.clamped(to: 0..<count)
        return FileBody(file: file, offset: offset + range.lowerBound, count: Int64(range.count))
    }

    /// Reads the part into memory; blocks, so it is for tests and for files that are known to be small.
    ///
    /// - Returns: ``count`` bytes; fewer when the file was cut meanwhile.
    /// - Throws: ``SocketError/failed(call:code:)`` of `pread`.
    public func read() throws(SocketError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(count))
        var filled = 0
        while filled < bytes.count {
            let (start, position) = (filled, off_t(offset) + off_t(filled))
            let number = descriptor
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(number, buffer.baseAddress.map { $0 + start }, buffer.count - start, position)
            }
            if got == 0 { break }
            if got > 0 {
                filled += got
            } else if errno != EINTR {
                throw .last("pread")
            }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
