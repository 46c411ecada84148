/// A request target that passed the grammar of RFC 9112 section 3.2.
public struct RequestTarget: Sendable, Hashable, CustomStringConvertible {
    /// The target as received.
    public let raw: String
    /// Path as received, starting with `/`; `*` for the asterisk form.
    public let rawPath: String
    /// Path with percent-encoding decoded, except `%2F` and `%25`.
    ///
    /// These two stay as they are (in upper case), so that splitting at `/` gives the segments the client meant and
    /// decoding happens exactly once. ``segments`` decodes them too.
    public let path: String
    /// What follows the first `?`, as received; `nil` without one.
    public let query: String?
    /// Host and port of the absolute form; `nil` in the other forms.
    public let authority: String?

    /// Whether this is the asterisk form of `OPTIONS *`.
    public var isAsterisk: Bool { rawPath == "*" }

    /// Fully decoded segments between the slashes of the path: `/a%2Fb/` gives `["a/b", ""]`, `/` gives `[""]`.
    public var segments: [String] {
        guard !isAsterisk else { return [] }
        return rawPath.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            PercentCoding.decoded(segment) ?? String(segment)
        }
    }

    /// The target as received.
    public var description: String { raw }

    /// Reads an origin, absolute or asterisk form.
    ///
    /// - Parameter raw: Bytes between the spaces of the request line. A path has to decode to UTF-8 without control
    ///   characters; a query may be anything that browsers send.
    /// - Throws: ``HTTPParseError/invalidTarget``.
    public init(_ raw: String) throws(HTTPParseError) {
        self.raw = raw
        guard let first = raw.utf8.first else { throw .invalidTarget }
        if first == ASCII.slash, raw.utf8.allSatisfy(ByteSet.plainPath.contains) {
            // The usual target: one string, nothing to decode and nothing to cut.
            (authority, rawPath, path, query) = (nil, raw, raw, nil)
            return
        }
        if first == ASCII.slash {
            authority = nil
            (rawPath, query) = Self.splitQuery(raw[...])
        } else if raw == "*" {
            (authority, rawPath, path, query) = (nil, "*", "*", nil)
            return
        } else {
            let rest = try Self.dropScheme(raw)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let host = String(rest[..<end])
            guard HostField.isValid(host) else { throw .invalidTarget }
            authority = host
            let (path, query) = Self.splitQuery(rest[end...])
            rawPath = path.isEmpty ? "/" : path
            self.query = query
        }
        guard rawPath.utf8.allSatisfy(ByteSet.path.contains),
            query?.utf8.allSatisfy(ByteSet.query.contains) ?? true,
            let decoded = PercentCoding.decodedPath(rawPath)
        else { throw .invalidTarget }
        path = decoded
    }

    /// The target `/`.
    public static let root = RequestTarget()

    private init() {
        (raw, rawPath, path, query, authority) = ("/", "/", "/", nil, nil)
    }

    private static func dropScheme(_ raw: String) throws(HTTPParseError) -> Substring {
        for scheme in ["http://", "https://"] {
            let end = raw.utf8.index(raw.startIndex, offsetBy: scheme.utf8.count, limitedBy: raw.endIndex)
            if let end, ASCII.equalsIgnoringCase(String(raw[..<end]), scheme) { return raw[end...] }
        }
        throw .invalidTarget
    }

    private static func splitQuery(_ text: Substring) -> (path: String, query: String?) {
        guard let mark = text.utf8.firstIndex(of: ASCII.question) else { return (String(text), nil) }
        return (String(text[..<mark]), String(text[text.utf8.index(after: mark)...]))
    }
}
