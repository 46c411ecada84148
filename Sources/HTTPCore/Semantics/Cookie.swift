/// The cookies that a request carries (RFC 6265 section 4.2).
public struct Cookies: Sendable, Hashable {
    private var pairs: [Pair] = []

    private struct Pair: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// Reads all `Cookie` lines of a request; malformed pairs and those beyond ``HTTPLimits/cookiesMax`` are ignored.
    public init(_ headers: HTTPHeaders) {
        for line in headers.values(for: "Cookie") {
            for text in line.split(separator: ";") {
                guard pairs.count < HTTPLimits.cookiesMax else { return }
                guard let separator = text.firstIndex(of: "=") else { continue }
                let name = ASCII.trimmed(text[..<separator])
                var value = ASCII.trimmed(text[text.index(after: separator)...])
                if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                    value = value.dropFirst().dropLast()
                }
                guard !name.isEmpty, name.utf8.allSatisfy(ByteSet.token.contains),
                    value.utf8.allSatisfy(ByteSet.cookieValue.contains)
                else { continue }
                pairs.append(Pair(name: String(name), value: String(value)))
            }
        }
    }

    /// Value of the first cookie of a name; names are case-sensitive.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }
}

/// A cookie that a response sets (RFC 6265 section 4.1).
public struct SetCookie: Sendable, Hashable {
    /// A token.
    public var name: String
    /// Bytes that are not allowed in a cookie are percent-encoded on the wire.
    public var value: String
    /// Path that the cookie is sent to; its subpaths too.
    public var path = "/"
    /// Host names that the cookie is sent to; `nil` is the answering host only.
    public var domain: String?
    /// Seconds until it is dropped; `nil` keeps it for the browser session, 0 or less removes it.
    public var maxAgeSeconds: Int?
    /// Hidden from scripts.
    public var isHTTPOnly = true
    /// Sent over TLS only.
    public var isSecure = false
    /// When it goes with requests that other sites cause.
    public var sameSite = SameSite.lax

    /// The `SameSite` attribute (RFC 6265bis section 4.1.2.7).
    public enum SameSite: String, Sendable, Hashable {
        /// Never with requests from other sites.
        case strict = "Strict"
        /// With top-level navigation only.
        case lax = "Lax"
        /// Always; browsers demand ``SetCookie/isSecure`` with it.
        case none = "None"
    }

    /// A cookie for the whole site that scripts cannot see.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// A cookie that removes the one of the same name and path.
    public static func removal(of name: String) -> SetCookie {
        var cookie = SetCookie(name: name, value: "")
        cookie.maxAgeSeconds = 0
        return cookie
    }

    /// Value of a `Set-Cookie` line.
    public var headerValue: String {
        var text = name + "=" + Self.encoded(value) + "; Path=" + path
        if let domain { text += "; Domain=" + domain }
        if let maxAgeSeconds { text += "; Max-Age=\(max(0, maxAgeSeconds))" }
        if isSecure { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        return text + "; SameSite=" + sameSite.rawValue
    }

    private static func encoded(_ value: String) -> String {
        value.utf8.allSatisfy(ByteSet.cookieValue.contains) ? value : PercentCoding.encoded(value)
    }
}
