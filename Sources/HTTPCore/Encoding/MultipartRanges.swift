/// The text around the parts of a `multipart/byteranges` content (RFC 9110 section 14.6); does not hold the parts.
public struct MultipartRanges: Sendable, Hashable {
    private let boundary: String
    private let partType: String
    private let length: Int64

    /// The text around parts of one representation.
    ///
    /// - Parameters:
    ///   - partType: `Content-Type` of the representation.
    ///   - length: Length of the representation.
    ///   - boundary: Letters and digits, at most 70, that do not occur in the representation; a random text does not.
    public init(partType: String, length: Int64, boundary: String) {
        self.partType = partType
        self.length = length
        self.boundary = boundary
    }

    /// `Content-Type` of the response.
    public var contentType: String { "multipart/byteranges; boundary=\(boundary)" }

    /// What precedes the bytes of a part; the line end that belongs to the delimiter comes with it.
    public func head(_ range: Range<Int64>, isFirst: Bool) -> [UInt8] {
        let fields = "Content-Type: \(partType)\r\nContent-Range: \(ByteRange.contentRange(range, length: length))"
        return Array("\(isFirst ? "" : "\r\n")--\(boundary)\r\n\(fields)\r\n\r\n".utf8)
    }

    /// What follows the last part.
    public var end: [UInt8] { Array("\r\n--\(boundary)--\r\n".utf8) }
}
