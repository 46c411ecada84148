import Crypto
import FoundationEssentials
import JSON
import Logging
import Postgres

/// Signs people in who prove who they are at an identity provider.
///
/// The authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0): `begin` sends the browser away,
/// `finish` takes what it brings back. A sign-in under way is one row, which only the browser that began it can use, once.
public struct ProviderSignInService: Sendable {
    let identity: IdentityService
    let groups: GroupService
    let providers: [any IdentityProvider]
    let logger: Logger

    /// How the providers are used, in the order of their buttons.
    public var offers: [IdentityProviderSettings] { providers.map(\.settings) }

    /// What the browser needs to go to a provider.
    public struct Departure: Sendable {
        /// Where to send it.
        public let url: String
        /// What it has to keep, for `finish`.
        public let browserSecret: String
    }

    /// What the browser brings back.
    public struct Answer: Sendable {
        /// The parameter `state`.
        public var state: String
        /// The parameter `code`.
        public var code: String
        /// The parameter `iss` (RFC 9207).
        public var issuer: String?
        /// The parameter `error`.
        public var error: String?

        /// An answer.
        public init(state: String, code: String, issuer: String?, error: String?) {
            self.state = state
            self.code = code
            self.issuer = issuer
            self.error = error
        }
    }

    /// Begins a sign-in.
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - next: Where to go after it; a path of this portal.
    ///   - redirectURI: Where the provider sends the browser back to.
    ///   - client: Who asks.
    /// - Returns: Where to send the browser, and what it keeps.
    /// - Throws: `PortalError` `.notFound`, `.rateLimited`, `.unavailable` when the provider does not answer;
    ///   `PostgresError`.
    public func begin(
        _ id: String,
        next: String,
        redirectURI: String,
        client: ClientInfo
    ) async throws -> Departure {
        let provider = try provider(id)
        let bounds = identity.limits.identity
        try await count("provider", client)
        let secret = ProviderSignInSecret()
        let state = SecretToken.random()
        let request = AuthorizationRequest(
            redirectURI: redirectURI,
            state: state.text,
            nonce: secret.nonce(state: state.text),
            codeChallenge: ProviderSignInSecret.codeChallenge(secret.codeVerifier(state: state.text))
        )
        let url: String
        do {
            url = try await provider.authorizationURL(request)
        } catch {
            throw failure(error, of: id, client)
        }
        let statement = ProviderSignInQueries.insert(
            stateHash: state.hash,
            browserHash: secret.hash,
            provider: id,
            next: next,
            expiresAt: identity.time.now().advanced(by: bounds.providerSignInTimeout)
        )
        try await identity.database.elevated(for: .authentication).execute(statement)
        return Departure(url: url, browserSecret: secret.text)
    }

    /// Ends a sign-in with what the browser brought back.
    ///
    /// - Returns: The session, and where to go.
    /// - Throws: `PortalError` `.notFound`, `.rateLimited`, `.unavailable`, or `.unauthenticated` with a word of
    ///   `ProviderRefusal` as `reason`; `PostgresError`.
    public func finish(
        _ id: String,
        _ answer: Answer,
        browserSecret: String?,
        redirectURI: String,
        client: ClientInfo
    ) async throws -> (signIn: SignIn, next: String) {
        let provider = try provider(id)
        try await count("provider answer", client)
        guard let secret = browserSecret.flatMap(ProviderSignInSecret.init), let state = SecretToken(answer.state)
        else {
            throw dismiss(.expired, id, "no cookie, or no state", client)
        }
        let take = ProviderSignInQueries.take(
            stateHash: state.hash,
            browserHash: secret.hash,
            provider: id,
            at: identity.time.now()
        )
        let store = identity.database.elevated(for: .authentication)
        guard let row = try await store.query(take).first else {
            throw dismiss(.expired, id, "state unknown, used, expired or of another browser", client)
        }
        guard answer.error == nil else {
            let word = answer.error?.filter { $0.isLetter || $0 == "_" }.prefix(64) ?? ""
            throw try await refuse(.denied, id, "the provider answered \(word)", client)
        }
        let external: ExternalIdentity
        do {
            external = try await provider.redeem(
                AuthorizationCode(
                    code: answer.code,
                    issuer: answer.issuer,
                    redirectURI: redirectURI,
                    codeVerifier: secret.codeVerifier(state: state.text),
                    nonce: secret.nonce(state: state.text)
                )
            )
        } catch let error where error.kind == .untrusted {
            throw try await refuse(.untrusted, id, error.reason, client)
        } catch {
            throw failure(error, of: id, client)
        }
        return (try await signIn(external, at: provider.settings, client), try row.decode("next"))
    }

    /// Where a browser signs out at a provider as well; nil when it offers no such place.
    ///
    /// - Throws: `PortalError` `.notFound`.
    public func endSessionURL(_ id: String, returnTo: String) async throws -> String? {
        try await provider(id).endSessionURL(returnTo: returnTo)
    }

    /// Counts what one address does with providers, each kind of it by itself.
    private func count(_ kind: String, _ client: ClientInfo) async throws {
        let bucket = SignInBuckets.hash("\(kind)\n\(client.network)")
        try await identity.countAttempts([(bucket, identity.limits.identity.providerSignInsPerAddressMax)])
    }

    private func provider(_ id: String) throws(PortalError) -> any IdentityProvider {
        guard let provider = providers.first(where: { $0.settings.id == id }) else {
            throw .notFound("way to sign in")
        }
        return provider
    }

    private func failure(_ error: IdentityProviderError, of id: String, _ client: ClientInfo) -> PortalError {
        logger.warning(
            "an identity provider failed",
            metadata: ["provider": "\(id)", "reason": "\(error)", "request": "\(client.requestID ?? "")"]
        )
        return PortalError(
            .unavailable,
            "The identity provider does not answer as it should. Try again in a moment, or sign in another way.",
            extensions: ["reason": "unavailable"],
            underlying: error
        )
    }
}
