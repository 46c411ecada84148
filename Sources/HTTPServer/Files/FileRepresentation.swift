import EventLoop
import HTTPCore

/// The content of a static file in one coding.
struct FileRepresentation: Sendable {
    /// The coding.
    let coding: ContentCoding
    /// Strong tag made of the hash of the coded bytes, so that each coding has its own (RFC 9110 section 8.8.3.3).
    let tag: EntityTag
    /// Number of coded bytes.
    let size: Int64
    /// The coded bytes.
    let content: Content

    /// Bytes of ``CodedMemory`` that were taken for it.
    var reservedBytes = 0

    /// Where the bytes are.
    enum Content: Sendable {
        case memory([UInt8])
        case file(FileBody)
    }

    /// Content in memory.
    init(_ bytes: [UInt8], coding: ContentCoding) {
        self.init(.memory(bytes), size: Int64(bytes.count), hash: ContentHash(bytes).text, coding: coding)
    }

    /// An open file; read as a whole for its hash, and kept in memory when it is small.
    ///
    /// - Throws: ``SocketError/failed(call:code:)`` of `pread`.
    init(_ file: FileBody, coding: ContentCoding) throws(SocketError) {
        if file.count <= HTTPLimits.staticFileCachedBytesMax {
            self.init(try file.read(), coding: coding)
        } else {
            self.init(.file(file), size: file.count, hash: try Self.hash(of: file), coding: coding)
        }
    }

    private init(_ content: Content, size: Int64, hash: String, coding: ContentCoding) {
        self.content = content
        self.size = size
        self.coding = coding
        tag = EntityTag(hash).coded(coding)
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

    /// Everything as a response body.
    var body: HTTPResponseBody {
        switch content {
        case .memory(let bytes): .bytes(bytes)
        case .file(let file): .file(file)
        }
    }

    /// A range as a response body.
    func body(_ range: Range<Int64>) -> HTTPResponseBody {
        switch part(range) {
        case .bytes(let bytes): .bytes(bytes)
        case .file(let file): .file(file)
        }
    }

    /// Several ranges as the content that `text` describes (RFC 9110 section 14.6).
    func body(_ ranges: [Range<Int64>], _ text: MultipartRanges) -> HTTPResponseBody {
        var parts: [HTTPResponseBody.Part] = []
        for range in ranges {
            parts.append(.bytes(text.head(range, isFirst: parts.isEmpty)))
            parts.append(part(range))
        }
        return .parts(parts + [.bytes(text.end)])
    }

    private func part(_ range: Range<Int64>) -> HTTPResponseBody.Part {
        switch content {
        case .memory(let bytes): .bytes(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        case .file(let file): .file(file.part(range))
        }
    }
}
