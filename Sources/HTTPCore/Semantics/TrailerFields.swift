/// Which fields may come after the content (RFC 9110 section 6.5.1).
///
/// What decides how a message is framed, routed, authenticated, cached or read has to be known before its content; such
/// a field in a trailer section is a mistake or an attempt to get past those who looked at the head only.
public enum TrailerFields {
    /// Whether a field may be in a trailer section.
    ///
    /// - Parameter name: Of any case.
    /// - Returns: False for what only makes sense in the head.
    public static func isAllowed(_ name: String) -> Bool {
        let name = name.lowercased()
        // Digests are what trailers are for (RFC 9530 section 2).
        if name == "content-digest" { return true }
        return !forbidden.contains(name) && !forbiddenPrefixes.contains { name.hasPrefix($0) }
    }

    /// Whether a client says that it takes trailer fields: `TE: trailers` (RFC 9110 section 10.1.4).
    public static func areAccepted(by request: HTTPRequestHead) -> Bool {
        guard let value = request.headers.joined("TE") else { return false }
        var isNamed = false
        var parser = FieldParser(value)
        parser.forEachMember { parser in
            if parser.token().map({ ASCII.equalsIgnoringCase($0, "trailers") }) == true { isNamed = true }
        }
        return isNamed
    }

    private static let forbidden: Set<String> = [
        // Framing and the connection.
        "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        // Routing and what proxies say.
        "forwarded", "host", "max-forwards", "via", "x-real-ip", "x-request-id", "traceparent", "tracestate",
        // Authentication and state.
        "authorization", "cookie", "cookie2", "origin", "referer", "set-cookie", "set-cookie2", "www-authenticate",
        "x-csrf-token",
        // Modifiers of the request, control data of the response.
        "accept", "age", "cache-control", "date", "expect", "expires", "idempotency-key", "location", "pragma",
        "prefer", "range", "retry-after", "vary", "warning",
    ]

    private static let forbiddenPrefixes = [
        "accept-", "access-control-", "content-", "if-", "proxy-", "sec-", "x-forwarded-",
    ]
}
