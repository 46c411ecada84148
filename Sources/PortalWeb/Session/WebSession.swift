/// A browser session: what the cookie holds and what its forms must carry.
public struct WebSession: Sendable {
    /// The session token of the cookie; never logged.
    public let token: String

    /// Proof that a form was served to the session; another text in each request.
    public let csrfToken: String

    /// Pairs a token with its CSRF token.
    public init(token: String, csrfToken: String) {
        self.token = token
        self.csrfToken = csrfToken
    }
}
