import CZlib

/// One gzip compressor: owns zlib's state, about 256 KiB, and frees it.
///
/// Confined to one loop at a time. <https://zlib.net/manual.html>
final class Deflater {
    /// What becomes of the content that zlib holds back to compress it together with what follows.
    enum Flush {
        /// It stays there until there is enough of it.
        case none
        /// It is written out, at the price of some bytes (`Z_SYNC_FLUSH`): the client can read everything so far.
        case sync
        /// The content ends, with its checksum and length (`Z_FINISH`).
        case finish
    }

    /// The parameters that every compressor of the server has: the largest window, the default memory.
    private static let (windowBits, memoryLevel): (Int32, Int32) = (15, 8)
    /// Asks for the gzip format (zlib.h, `deflateInit2`).
    private static let gzipFormat: Int32 = 16
    private static let scratchBytes = 16 * 1024

    // At a fixed address: zlib's state points back to its stream, and checks that.
    private let stream: UnsafeMutablePointer<z_stream>
    private let scratch: UnsafeMutablePointer<UInt8>

    /// Allocates a compressor; `nil` when there is no memory for it.
    init?() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits = Self.windowBits + Self.gzipFormat
        guard c_zlib_deflate_init(stream, Z_DEFAULT_COMPRESSION, windowBits, Self.memoryLevel) == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
        scratch = .allocate(capacity: Self.scratchBytes)
    }

    deinit {
        // Z_DATA_ERROR only says that the content was not finished.
        _ = deflateEnd(stream)
        stream.deallocate()
        scratch.deallocate()
    }

    /// Begins new content; whatever was there before is forgotten, the memory is kept.
    ///
    /// - Parameter level: 1, the fastest, to 9, the smallest.
    func begin(level: Int) {
        // After a reset nothing is pending, so that the change of level writes nothing.
        _ = deflateReset(stream)
        _ = deflateParams(stream, Int32(level), Z_DEFAULT_STRATEGY)
    }

    /// Compresses content.
    ///
    /// - Parameters:
    ///   - content: The next bytes; may be empty to flush only.
    ///   - flush: What becomes of what zlib holds back.
    ///   - output: Receives what is ready.
    func append(_ content: Span<UInt8>, _ flush: Flush, to output: inout [UInt8]) {
        let mode =
            switch flush {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        content.withUnsafeBufferPointer { content in
            // zlib only reads its input; the declaration lacks `const` unless ZLIB_CONST is set.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: content.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: content.count)
            repeat {
                stream.pointee.next_out = scratch
                stream.pointee.avail_out = UInt32(Self.scratchBytes)
                // The only error left is Z_BUF_ERROR: there was nothing to do.
                _ = deflate(stream, mode)
                let count = Self.scratchBytes - Int(stream.pointee.avail_out)
                output.append(contentsOf: UnsafeBufferPointer(start: scratch, count: count))
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
        }
    }
}

extension Deflater {
    /// Compresses bytes in one go with a compressor of its own; for files, when they are read.
    ///
    /// - Parameters:
    ///   - bytes: At most 4 GiB, which zlib's counter can hold.
    ///   - level: As for ``begin(level:)``.
    /// - Returns: Content in the gzip format; `nil` when there is no memory.
    static func gzip(_ bytes: [UInt8], level: Int) -> [UInt8]? {
        guard let deflater = Deflater() else { return nil }
        deflater.begin(level: level)
        var output: [UInt8] = []
        deflater.append(bytes.span, .finish, to: &output)
        return output
    }
}
