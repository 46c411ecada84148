import JSON
import JWTKit
import Portal

/// Keeps what a provider publishes: its metadata and its keys.
///
/// Calls that need the same document at the same time wait for one request.
actor ProviderDirectory {
    private let issuer: String
    private let transport: OpenIDTransport
    private let limits: OpenIDLimits
    private var metadata = Cached<ProviderMetadata>()
    private var keys = Cached<KeySet>()

    /// A document with the moment it came, and the request for it that is under way.
    private struct Cached<Value: Sendable> {
        var value: Value?
        var fetchedAt: ContinuousClock.Instant?
        var fetching: Task<Result<Value, IdentityProviderError>, Never>?

        func isFresh(for lifetime: Duration) -> Bool {
            fetchedAt.map { .now - $0 < lifetime } ?? false
        }
    }

    init(issuer: String, transport: OpenIDTransport, limits: OpenIDLimits) {
        self.issuer = issuer
        self.transport = transport
        self.limits = limits
    }

    /// The metadata; an older one when the provider does not answer now.
    func currentMetadata() async throws(IdentityProviderError) -> ProviderMetadata {
        if let value = metadata.value, metadata.isFresh(for: limits.metadataLifetime) { return value }
        let (issuer, transport) = (issuer, transport)
        // Owned by `metadata.fetching`, and waited for by every caller that needs it.
        let task =
            metadata.fetching
            ?? Task {
                await Self.result { () async throws(IdentityProviderError) in
                    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
                    let answer = try await transport.get(base + "/.well-known/openid-configuration")
                    guard answer.status == 200 else { throw .unavailable("the metadata answers \(answer.status)") }
                    return try ProviderMetadata(answer.json, issuer: issuer)
                }
            }
        metadata.fetching = task
        let result = await task.value
        if metadata.fetching == task { metadata.fetching = nil }
        switch result {
        case .success(let value):
            metadata.value = value
            metadata.fetchedAt = .now
            return value
        case .failure(let error):
            guard let value = metadata.value else { throw error }
            return value
        }
    }

    /// The keys that a token can be signed with; an unknown key id makes the keys be fetched anew, now and then.
    func candidates(for token: IDToken) async throws(IdentityProviderError) -> [JWK] {
        let known = try await currentKeys(within: limits.keysLifetime, orOlder: true)
        let found = known.candidates(id: token.keyID, algorithm: token.algorithm)
        guard found.isEmpty else { return found }
        let fresh = try await currentKeys(within: limits.keysRefetchInterval, orOlder: false)
        let again = fresh.candidates(id: token.keyID, algorithm: token.algorithm)
        guard !again.isEmpty else {
            throw .untrusted("the ID token is signed with a key that the provider does not have")
        }
        return again
    }

    /// The keys, no older than `lifetime`; with `orOlder` the last ones when the provider does not answer now.
    private func currentKeys(within lifetime: Duration, orOlder: Bool) async throws(IdentityProviderError) -> KeySet {
        if let value = keys.value, keys.isFresh(for: lifetime) { return value }
        let url = try await currentMetadata().keysURL
        let (transport, keysMax) = (transport, limits.keysMax)
        // Owned by `keys.fetching`, and waited for by every caller that needs it.
        let task =
            keys.fetching
            ?? Task {
                await Self.result { () async throws(IdentityProviderError) in
                    let answer = try await transport.get(url)
                    guard answer.status == 200 else { throw .unavailable("the key set answers \(answer.status)") }
                    return try KeySet(answer.json, keysMax: keysMax)
                }
            }
        keys.fetching = task
        let result = await task.value
        if keys.fetching == task { keys.fetching = nil }
        // Counts for failures too: a provider that is down is not asked for every stranger's token.
        keys.fetchedAt = .now
        switch result {
        case .success(let value):
            keys.value = value
            return value
        case .failure(let error):
            guard orOlder, let value = keys.value else { throw error }
            return value
        }
    }

    private static func result<Value: Sendable>(
        _ body: () async throws(IdentityProviderError) -> Value
    ) async -> Result<Value, IdentityProviderError> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
