/// A protocol version (RFC 9110 section 2.5).
public struct HTTPVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Digit before the dot.
    public let major: UInt8
    /// Digit after the dot.
    public let minor: UInt8

    /// A version of two digits.
    public init(major: UInt8, minor: UInt8) {
        self.major = major
        self.minor = minor
    }

    /// HTTP/1.0 (RFC 1945): no chunked coding, connections close unless asked to stay.
    public static let http10 = HTTPVersion(major: 1, minor: 0)
    /// HTTP/1.1 (RFC 9112).
    public static let http11 = HTTPVersion(major: 1, minor: 1)

    /// Orders by major, then minor version.
    public static func < (first: HTTPVersion, second: HTTPVersion) -> Bool {
        (first.major, first.minor) < (second.major, second.minor)
    }

    /// As on the wire, for example `HTTP/1.1`.
    public var description: String { "HTTP/\(major).\(minor)" }
}
