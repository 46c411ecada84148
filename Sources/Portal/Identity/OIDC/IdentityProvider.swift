/// Somebody else who says who a user is: an OpenID provider.
///
/// The domain decides what follows from what a provider says; how it is asked is the business of the adapter.
public protocol IdentityProvider: Sendable {
    /// How the provider is used here.
    var settings: IdentityProviderSettings { get }

    /// Where to send the browser.
    ///
    /// - Throws: `IdentityProviderError`.
    func authorizationURL(_ request: AuthorizationRequest) async throws(IdentityProviderError) -> String

    /// Exchanges a code for what the provider says about the user, with everything verified.
    ///
    /// - Throws: `IdentityProviderError`.
    func redeem(_ code: AuthorizationCode) async throws(IdentityProviderError) -> ExternalIdentity

    /// Where to send the browser to sign out at the provider as well; nil when it offers no such place.
    func endSessionURL(returnTo: String) async -> String?
}

/// What the browser takes to the provider.
public struct AuthorizationRequest: Sendable, Hashable {
    /// Where the provider sends the browser back to.
    public let redirectURI: String
    /// Names this sign-in; comes back with the answer.
    public let state: String
    /// Comes back inside of the ID token.
    public let nonce: String
    /// The SHA-256 of the code verifier (RFC 7636, S256).
    public let codeChallenge: String

    /// A request.
    public init(redirectURI: String, state: String, nonce: String, codeChallenge: String) {
        self.redirectURI = redirectURI
        self.state = state
        self.nonce = nonce
        self.codeChallenge = codeChallenge
    }
}

/// What the browser brought back from the provider.
public struct AuthorizationCode: Sendable {
    /// The code; of use once, and only with the verifier.
    public let code: String
    /// The parameter `iss` (RFC 9207); nil when it was not sent.
    public let issuer: String?
    /// As in the request.
    public let redirectURI: String
    /// What the challenge of the request was made from.
    public let codeVerifier: String
    /// As in the request.
    public let nonce: String

    /// A code with what belongs to it.
    public init(code: String, issuer: String?, redirectURI: String, codeVerifier: String, nonce: String) {
        self.code = code
        self.issuer = issuer
        self.redirectURI = redirectURI
        self.codeVerifier = codeVerifier
        self.nonce = nonce
    }
}

/// Why a provider did not vouch for anybody.
public struct IdentityProviderError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure.
    public enum Kind: String, Sendable, Hashable {
        /// The provider does not answer, or not in the form of the standard.
        case unavailable
        /// What the provider or the browser sent is not to be believed.
        case untrusted
    }

    /// What kind of failure.
    public let kind: Kind
    /// Words for the log and the audit log; no secrets.
    public let reason: String

    /// A failure.
    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// Kind and reason.
    public var description: String { "\(kind.rawValue): \(reason)" }
}
