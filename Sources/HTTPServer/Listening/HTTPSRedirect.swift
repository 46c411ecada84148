import HTTPCore

/// Sends the clients of a plain listener to the same address by `https`, and nothing else.
///
/// Answers 308 (RFC 9110 section 15.4.9), so that method and content stay the same.
public struct HTTPSRedirect: Sendable, Hashable {
    /// Port of the `https` address; 443 is left out of the location.
    public var port: UInt16
    /// Host of the `https` address; `nil` takes the one that the client asked for.
    public var host: String?

    /// A redirect to a port of the same host, or of another one.
    public init(port: UInt16 = 443, host: String? = nil) {
        self.port = port
        self.host = host
    }

    /// The response to any request.
    ///
    /// - Returns: 308; 400 when the client did not say which host it wants, as HTTP/1.0 allows.
    func response(to request: HTTPRequest) -> HTTPResponse {
        let target = request.head.target
        // The parser and the reader of `Forwarded` have both checked the grammar, so this cannot break a field line.
        let asked = target.authority ?? request.connection.forwardedHost ?? request.headers["Host"]
        guard let host = host ?? asked.map(Self.withoutPort), !host.isEmpty else {
            return ConnectionContext.plain(.badRequest, "A Host field is needed to find the https address.")
        }
        var location = "https://" + host
        if port != 443 { location += ":\(port)" }
        // `OPTIONS *` asks about the server as a whole: its URI has no path (RFC 9112 section 3.2.4).
        if !target.isAsterisk { location += target.rawPath }
        if let query = target.query { location += "?" + query }
        return .redirect(to: location, status: .permanentRedirect)
    }

    private static func withoutPort(_ authority: String) -> String {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return authority }
        return String(authority[..<colon])
    }
}
