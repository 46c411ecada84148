import FoundationEssentials
import JSON
public import Portal

/// An OpenID provider over HTTP.
///
/// OpenID Connect Core 1.0, the authorization code flow with PKCE. `close()` it when the process ends.
public final class OpenIDProvider: IdentityProvider {
    /// How the provider is used here.
    public let settings: IdentityProviderSettings

    /// What a provider answers when the portal is not set up right there (RFC 6749 section 5.2).
    private static let clientErrors: Set = [
        "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
    ]

    private let openID: OpenIDSettings
    private let time: any TimeSource
    private let transport: OpenIDTransport
    private let directory: ProviderDirectory

    /// A provider; asks nothing before somebody signs in.
    public init(_ openID: OpenIDSettings, time: any TimeSource) {
        self.openID = openID
        self.time = time
        settings = openID.provider
        transport = OpenIDTransport(authoritiesPath: openID.authoritiesPath, limits: openID.limits)
        directory = ProviderDirectory(issuer: openID.issuer, transport: transport, limits: openID.limits)
    }

    /// Ends the connections to the provider.
    public func close() async {
        await transport.close()
    }

    /// Asks for the metadata, for `check`: the provider answers and is what it was configured as.
    ///
    /// - Throws: `IdentityProviderError`.
    public func probe() async throws(IdentityProviderError) -> String {
        try await directory.currentMetadata().authorizationEndpoint
    }

    /// Where to send the browser (OpenID Connect Core 1.0 section 3.1.2.1).
    public func authorizationURL(_ request: AuthorizationRequest) async throws(IdentityProviderError) -> String {
        let metadata = try await directory.currentMetadata()
        let scopes = openID.scopes.contains("openid") ? openID.scopes : ["openid"] + openID.scopes
        let query = FormText.encode([
            ("response_type", "code"), ("client_id", openID.clientID), ("redirect_uri", request.redirectURI),
            ("scope", scopes.joined(separator: " ")), ("state", request.state), ("nonce", request.nonce),
            ("code_challenge", request.codeChallenge), ("code_challenge_method", "S256"),
        ])
        return FormText.adding(query, to: metadata.authorizationEndpoint)
    }

    /// Exchanges a code, and verifies what comes for it.
    public func redeem(_ code: AuthorizationCode) async throws(IdentityProviderError) -> ExternalIdentity {
        try await identity(in: exchange(code), for: code)
    }

    /// What the token endpoint answers for a code; nothing of it is believed yet.
    func exchange(_ code: AuthorizationCode) async throws(IdentityProviderError) -> JSONValue {
        let metadata = try await directory.currentMetadata()
        // Before the code is sent anywhere: an answer of another provider shall not reach this one (RFC 9207 section 2.4).
        guard code.issuer == metadata.issuer || (code.issuer == nil && !metadata.sendsIssuer) else {
            throw .untrusted("the answer is of another issuer")
        }
        return try await tokens(for: code, metadata)
    }

    /// Who the ID token in an answer of the token endpoint names, once everything about it has been verified.
    func identity(
        in answer: JSONValue,
        for code: AuthorizationCode
    ) async throws(IdentityProviderError) -> ExternalIdentity {
        guard let text = answer["id_token"]?.string else { throw .untrusted("there is no ID token") }
        let metadata = try await directory.currentMetadata()
        let token = try IDToken(text, bytesMax: openID.limits.tokenBytesMax)
        let claims = try await token.verified(by: directory.candidates(for: token))
        let accessToken = answer["access_token"]?.string
        let rules = ClaimRules(
            issuer: metadata.issuer,
            clientID: openID.clientID,
            nonce: code.nonce,
            accessToken: accessToken,
            now: time.now(),
            limits: openID.limits
        )
        try rules.check(claims, algorithm: token.algorithm)
        return try await identity(claims, metadata, accessToken)
    }

    /// Where to sign out (OpenID Connect RP-Initiated Logout 1.0 section 2).
    ///
    /// The client id stands in for the ID token, which is not kept.
    public func endSessionURL(returnTo: String) async -> String? {
        guard let endpoint = try? await directory.currentMetadata().endSessionEndpoint else { return nil }
        let query = FormText.encode([("client_id", openID.clientID), ("post_logout_redirect_uri", returnTo)])
        return FormText.adding(query, to: endpoint)
    }

    /// The token request (RFC 6749 section 4.1.3) with the verifier (RFC 7636 section 4.5).
    private func tokens(
        for code: AuthorizationCode,
        _ metadata: ProviderMetadata
    ) async throws(IdentityProviderError) -> JSONValue {
        var form = [
            ("grant_type", "authorization_code"), ("code", code.code), ("redirect_uri", code.redirectURI),
            ("code_verifier", code.codeVerifier),
        ]
        var authorization: String?
        if let secret = openID.clientSecret, !metadata.takesSecretInForm {
            // Both are encoded as in forms first (RFC 6749 section 2.3.1).
            let pair = "\(FormText.encode(openID.clientID)):\(FormText.encode(secret))"
            authorization = "Basic " + Data(pair.utf8).base64EncodedString()
        } else {
            form.append(("client_id", openID.clientID))
            if let secret = openID.clientSecret { form.append(("client_secret", secret)) }
        }
        let answer = try await transport.post(
            metadata.tokenEndpoint,
            form: FormText.encode(form),
            authorization: authorization
        )
        guard answer.status == 200 else {
            let word = String(answer.json["error"]?.string?.filter { $0.isLetter || $0 == "_" }.prefix(64) ?? "")
            // A code that is used, expired, somebody else's or of another verifier: the standard says 400 `invalid_grant`,
            // some providers 403 or other words. All else is between the provider and the operator, or it is not well.
            guard [400, 403].contains(answer.status), !Self.clientErrors.contains(word) else {
                throw .unavailable("the token endpoint answers \(answer.status) \(word)")
            }
            throw .untrusted("the provider does not take the code: \(answer.status) \(word)")
        }
        return answer.json
    }

    /// What the ID token says, and what the user info adds where the token is silent.
    private func identity(
        _ claims: JSONValue,
        _ metadata: ProviderMetadata,
        _ accessToken: String?
    ) async throws(IdentityProviderError) -> ExternalIdentity {
        let reader = ClaimReader(
            groupsClaim: openID.groupsClaim,
            trustsEmail: openID.trustsEmail,
            limits: openID.limits
        )
        guard reader.lacksSomething(claims), let endpoint = metadata.userInfoEndpoint, let accessToken else {
            return reader.identity(claims, issuer: metadata.issuer)
        }
        let answer = try await transport.get(endpoint, bearer: accessToken)
        // An access token that was exchanged tells of somebody else (OpenID Connect Core 1.0 section 5.3.2).
        guard answer.status == 200, answer.json["sub"] == claims["sub"], var all = answer.json.object else {
            throw .untrusted("the user info is not of the user of the ID token")
        }
        for (name, value) in claims.object ?? [:] { all[name] = value }
        return reader.identity(.object(all), issuer: metadata.issuer)
    }
}
