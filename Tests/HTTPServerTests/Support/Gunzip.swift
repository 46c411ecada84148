import CZlib

/// Reads the gzip format, also while its end is still to come.
struct Gunzip {
    struct Broken: Error {
        let status: Int32
    }

    /// Decompresses whole content; throws when it is not exactly one complete member.
    static func decode(_ bytes: [UInt8]) throws -> [UInt8] {
        let (output, status, rest) = run(bytes)
        guard status == Z_STREAM_END, rest == 0 else { throw Broken(status: status) }
        return output
    }

    /// What a client can read of content whose end has not arrived.
    static func decodeBeginning(_ bytes: [UInt8]) -> [UInt8] {
        run(bytes).output
    }

    private static func run(_ bytes: [UInt8]) -> (output: [UInt8], status: Int32, rest: Int) {
        var bytes = bytes
        var output: [UInt8] = []
        var stream = z_stream()
        var status = inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        let pieceCount = piece.count
        bytes.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                piece.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(pieceCount)
                    status = inflate(&stream, Z_SYNC_FLUSH)
                }
                output += piece[..<(pieceCount - Int(stream.avail_out))]
            } while status == Z_OK && stream.avail_out == 0
        }
        return (output, status, Int(stream.avail_in))
    }
}

/// Text like that of a page: repetitive, different for each seed.
func sampleText(_ count: Int, seed: Int = 1) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(count + 64)
    var state = UInt32(truncatingIfNeeded: seed)
    while text.count < count {
        state = state &* 1_664_525 &+ 1_013_904_223
        text += Array("<tr><td>vc-\(state >> 8)</td><td>Running</td></tr>\n".utf8)
    }
    return Array(text[..<count])
}
