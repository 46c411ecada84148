/// A request target that passed the grammar of RFC 9112 section 3.2.
public struct RequestTarget: Sendable, Hashable, CustomStringConvertible {
    /// The target as received.
    public let raw: String
    /// What differs from ``raw``; `nil` for a path in which nothing is encoded and that is all there is, which most
    /// targets are: such a target is one string.
    private let parts: Parts?

    private final class Parts: Sendable {
        let rawPath: String
        let path: String
        let query: String?
        let authority: String?

        init(rawPath: String, path: String, query: String? = nil, authority: String? = nil) {
            self.rawPath = rawPath
            self.path = path
            self.query = query
            self.authority = authority
        }
    }

    /// Path as received, starting with `/`; `*` for the asterisk form.
    public var rawPath: String { parts?.rawPath ?? raw }
    /// Path with percent-encoding decoded, except `%2F` and `%25`.
    ///
    /// These two stay as they are (in upper case), so that splitting at `/` gives the segments the client meant and
    /// decoding happens exactly once. ``segments`` decodes them too.
    public var path: String { parts?.path ?? raw }
    /// What follows the first `?`, as received; `nil` without one.
    public var query: String? { parts?.query }
    /// Host and port of the absolute form; `nil` in the other forms.
    public var authority: String? { parts?.authority }

    /// Whether this is the asterisk form of `OPTIONS *`.
    public var isAsterisk: Bool { rawPath == "*" }

    /// Fully decoded segments between the slashes of the path: `/a%2Fb/` gives `["a/b", ""]`, `/` gives `[""]`.
    public var segments: [String] {
        guard !isAsterisk else { return [] }
        return rawPath.utf8.dropFirst().split(separator: ASCII.slash, omittingEmptySubsequences: false).map { bytes in
            let segment = Substring(bytes)
            return PercentCoding.decoded(segment) ?? String(segment)
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
        if first == ASCII.slash {
            parts = Self.isPlainPath(raw) ? nil : try Self.parse(raw[...], authority: nil)
        } else if raw == "*" {
            parts = nil
        } else {
            let rest = try Self.dropScheme(raw)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let host = String(rest[..<end])
            guard HostField.isValid(host) else { throw .invalidTarget }
            parts = try Self.parse(rest[end...], authority: host)
        }
    }

    private static func isPlainPath(_ raw: String) -> Bool {
        var raw = raw
        return raw.withUTF8 { ByteSet.plainPath.containsAll($0) }
    }

    private static func parse(_ text: Substring, authority: String?) throws(HTTPParseError) -> Parts {
        let (path, query) = splitQuery(text)
        let rawPath = path.isEmpty ? "/" : path
        guard rawPath.utf8.allSatisfy(ByteSet.path.contains),
            query?.utf8.allSatisfy(ByteSet.query.contains) ?? true,
            let decoded = PercentCoding.decodedPath(rawPath)
        else { throw .invalidTarget }
        return Parts(rawPath: rawPath, path: decoded, query: query, authority: authority)
    }

    /// The target `/`.
    public static let root = RequestTarget()

    private init() {
        (raw, parts) = ("/", nil)
    }

    /// Targets are equal when they were received alike.
    public static func == (first: RequestTarget, second: RequestTarget) -> Bool {
        first.raw == second.raw
    }

    /// Hashes the target as received.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(raw)
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
