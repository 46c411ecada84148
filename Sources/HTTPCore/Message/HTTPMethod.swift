/// A request method: a case-sensitive token (RFC 9110 section 9.1).
public struct HTTPMethod: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The method as on the wire, for example `GET`.
    public let rawValue: String

    /// Any method name; the parser only makes tokens.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// `GET` (RFC 9110 section 9.3.1).
    public static let get = HTTPMethod(rawValue: "GET")
    /// `HEAD` (RFC 9110 section 9.3.2).
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// `POST` (RFC 9110 section 9.3.3).
    public static let post = HTTPMethod(rawValue: "POST")
    /// `PUT` (RFC 9110 section 9.3.4).
    public static let put = HTTPMethod(rawValue: "PUT")
    /// `DELETE` (RFC 9110 section 9.3.5).
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// `CONNECT` (RFC 9110 section 9.3.6); an origin server like this one refuses it.
    public static let connect = HTTPMethod(rawValue: "CONNECT")
    /// `OPTIONS` (RFC 9110 section 9.3.7).
    public static let options = HTTPMethod(rawValue: "OPTIONS")
    /// `TRACE` (RFC 9110 section 9.3.8).
    public static let trace = HTTPMethod(rawValue: "TRACE")
    /// `PATCH` (RFC 5789).
    public static let patch = HTTPMethod(rawValue: "PATCH")

    /// Whether the method asks for no change (RFC 9110 section 9.2.1).
    public var isSafe: Bool {
        self == .get || self == .head || self == .options || self == .trace
    }

    /// Whether repeating the request has the same intended effect as sending it once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool {
        isSafe || self == .put || self == .delete
    }

    /// One of the methods that most requests have, without making a string of it.
    static func usual(_ bytes: Span<UInt8>) -> HTTPMethod? {
        guard bytes.count >= 3 else { return nil }
        return switch (bytes.count, bytes[0], bytes[1]) {
        case (3, 0x47, 0x45) where bytes[2] == 0x54: .get
        case (3, 0x50, 0x55) where bytes[2] == 0x54: .put
        case (4, 0x50, 0x4F) where bytes[2] == 0x53 && bytes[3] == 0x54: .post
        default: nil
        }
    }

    /// The method as on the wire.
    public var description: String { rawValue }
}
