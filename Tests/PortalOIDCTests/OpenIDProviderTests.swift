import Crypto
import Foundation
import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalOIDC

/// What is believed of a provider and what is not, each with a signature or a claim of its own.
struct OpenIDProviderTests {
    private static let redirectURI = "https://portal.example/login/oidc/corp/callback"
    private static let wrongClaims: [(String, JSONValue?, String)] = [
        ("iss", "https://other.example", "of another issuer"),
        ("aud", "somebody-else", "for somebody else"), ("aud", ["somebody-else"], "for somebody else"),
        ("aud", ["portal", "somebody-else"], "another client"), ("azp", "somebody-else", "another client"),
        ("aud", nil, "for somebody else"), ("nonce", "nonce-2", "nonce"), ("nonce", nil, "nonce"),
        ("exp", 1, "expired"),
        ("exp", nil, "expired"), ("exp", "4000000000", "expired"), ("iat", 4_000_000_000, "future"),
        ("iat", nil, "future"),
        ("iat", 1_000_000_000, "old"), ("nbf", 4_000_000_000, "not valid yet"), ("sub", nil, "names nobody"),
        ("sub", "", "names nobody"), ("sub", .string(String(repeating: "x", count: 256)), "names nobody"),
        ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA", "access token"),
    ]
    private static let wrongMetadata: [(String, JSONValue?)] = [
        ("issuer", "https://other.example"), ("token_endpoint", nil), ("jwks_uri", nil),
        ("token_endpoint", "http://elsewhere.example/token"), ("jwks_uri", "ftp://127.0.0.1/keys"),
        ("code_challenge_methods_supported", ["plain"]),
    ]
    private static let verifier = "verifier-verifier-verifier-verifier-verifier"

    /// One sign-in up to the identity.
    private func identity(
        _ provider: FakeProvider,
        _ relying: OpenIDProvider? = nil,
        nonce: String = "nonce-1",
        issuer: String? = nil,
        _ change: @Sendable (inout OpenIDSettings) -> Void = { _ in }
    ) async throws -> ExternalIdentity {
        let client = relying ?? OpenIDProvider(provider.settings(change), time: SystemTimeSource())
        let challenge = Base64URL.encode(Array(SHA256.hash(data: Data(Self.verifier.utf8))))
        do {
            let url = try await client.authorizationURL(
                AuthorizationRequest(
                    redirectURI: Self.redirectURI,
                    state: "state-1",
                    nonce: "nonce-1",
                    codeChallenge: challenge
                )
            )
            let query = QueryItems(parsing: try provider.approve(url).split(separator: "?").last.map(String.init))
            let found = try await client.redeem(
                AuthorizationCode(
                    code: query.first(named: "code") ?? "",
                    issuer: issuer ?? query.first(named: "iss"),
                    redirectURI: Self.redirectURI,
                    codeVerifier: Self.verifier,
                    nonce: nonce
                )
            )
            if relying == nil { await client.close() }
            return found
        } catch {
            if relying == nil { await client.close() }
            throw error
        }
    }

    /// The reason of a refusal.
    private func refusal(
        _ provider: FakeProvider,
        nonce: String = "nonce-1",
        issuer: String? = nil,
        _ change: @Sendable (inout OpenIDSettings) -> Void = { _ in }
    ) async -> IdentityProviderError? {
        do {
            _ = try await identity(provider, nonce: nonce, issuer: issuer, change)
            return nil
        } catch { return error as? IdentityProviderError }
    }

    @Test func redeem_readsWhatTheTokenSays() async throws {
        try await FakeProvider.with { provider in
            provider.script { $0.groups = ["engineers", "everybody"] }

            let mei = try await identity(provider)

            #expect(
                mei
                    == ExternalIdentity(
                        issuer: provider.issuer,
                        subject: "mei-1",
                        email: "mei@corp.example",
                        isEmailVerified: true,
                        name: "Mei Lin",
                        groups: ["engineers", "everybody"]
                    )
            )
        }
    }

    @Test func redeem_takesEveryAlgorithmOfTheList() async throws {
        try await FakeProvider.with { provider in
            for key in [SigningKey.ecdsa(), .edDSA(), try .rsa("RS256"), try .rsa("PS256")] {
                provider.rotate(to: key)
                #expect(try await identity(provider).subject == "mei-1", "\(key.algorithm)")
            }
        }
    }

    @Test(arguments: wrongClaims)
    func redeem_refusesWrongClaims(claim: String, value: JSONValue?, reason: String) async throws {
        try await FakeProvider.with { provider in
            provider.script { $0.claims = [claim: value] }

            let error = await refusal(provider)

            #expect(error?.kind == .untrusted)
            #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
        }
    }

    @Test func redeem_takesSeveralAudiencesWhenThePortalAsked() async throws {
        let half = Array(SHA256.hash(data: Data("opaque".utf8))).prefix(16)
        let claims: [String: JSONValue?] = [
            "aud": ["portal", "reports"], "azp": "portal", "nbf": 1, "at_hash": .string(Base64URL.encode(half)),
        ]
        try await FakeProvider.with { provider in
            provider.script { $0.claims = claims }

            let mei = try await identity(provider)

            #expect(mei.subject == "mei-1")
        }
    }

    @Test func redeem_refusesUnsignedTokens() async throws {
        try await FakeProvider.with { provider in
            for name in ["none", "None", "NONE", "nOnE", ""] {
                provider.script { script in
                    script.sign = { _, claims in
                        SigningKey.part(["alg": .string(name)]) + "." + SigningKey.part(claims) + "."
                    }
                }
                #expect(await refusal(provider)?.reason.contains("not accepted") == true, "\(name)")
            }
        }
    }

    @Test func redeem_refusesPublicTextsAsKeys() async throws {
        try await FakeProvider.with { provider in
            let key = try SigningKey.rsa()
            provider.rotate(to: key)
            // HS256 under everything that both sides know: the public key as it is published, its modulus, the secret.
            let secrets = [
                Data(key.publicKey.encoded()), Data((key.publicKey["n"]?.string ?? "").utf8),
                Data(Base64URL.decode(key.publicKey["n"]?.string ?? "") ?? []), Data(FakeProvider.clientSecret.utf8),
            ]
            for secret in secrets {
                provider.script { script in
                    script.sign = { _, claims in
                        let text =
                            SigningKey.part(["alg": "HS256", "kid": .string(key.id)]) + "." + SigningKey.part(claims)
                        let code = HMAC<SHA256>.authenticationCode(
                            for: Data(text.utf8),
                            using: SymmetricKey(data: secret)
                        )
                        return text + "." + Base64URL.encode(Array(code))
                    }
                }
                #expect(await refusal(provider)?.reason.contains("HS256") == true)
            }
        }
    }

    @Test func redeem_refusesSignaturesOfOthers() async throws {
        try await FakeProvider.with { provider in
            let stranger = SigningKey.ecdsa(id: provider.key.id)
            provider.script { $0.sign = { try stranger.sign($0, $1) } }
            #expect(await refusal(provider)?.reason == "the signature of the ID token is wrong")

            // The right signature over other claims.
            let key = provider.key
            provider.script { script in
                script.sign = { header, claims in
                    let parts = try key.sign(header, claims).split(separator: ".")
                    guard var other = claims.object else { return "" }
                    other["sub"] = "admin"
                    return "\(parts[0]).\(SigningKey.part(.object(other))).\(parts[2])"
                }
            }
            #expect(await refusal(provider)?.reason == "the signature of the ID token is wrong")
        }
    }

    @Test func redeem_refusesAKeyForAnotherAlgorithm() async throws {
        try await FakeProvider.with { provider in
            let key = try SigningKey.rsa("PS256")
            guard case .object(var published) = key.publicKey else { return }
            published["alg"] = "RS256"
            let narrowed = published
            provider.rotate(to: key, publishes: false)
            let set = try KeySet(["keys": [.object(narrowed)]], keysMax: 8)

            #expect(set.candidates(id: key.id, algorithm: .ps256).isEmpty)
            #expect(set.candidates(id: key.id, algorithm: .rs256).count == 1)
            #expect(set.candidates(id: key.id, algorithm: .es256).isEmpty)
        }
    }

    @Test func keySet_leavesOutWhatIsNotForSignatures() throws {
        let changes: [(String, JSONValue)] = [
            ("use", "enc"), ("key_ops", ["sign"]), ("kty", "oct"), ("crv", "P-384"), ("alg", "RSA-OAEP-256"),
        ]
        var keys: [JSONValue] = ["no key"]
        for (name, value) in changes {
            var members = SigningKey.ecdsa(id: "a").publicKey.object ?? [:]
            members[name] = value
            keys.append(.object(members))
        }
        let set = try KeySet(.object(["keys": .array(keys)]), keysMax: 8)

        #expect(set.candidates(id: "a", algorithm: .es256).isEmpty)
    }

    @Test func keys_areFetchedOnceAndAnewWhenOneIsUnknown() async throws {
        try await FakeProvider.with { provider in
            let client = OpenIDProvider(provider.settings(), time: SystemTimeSource())
            for _ in 0..<3 { _ = try await identity(provider, client) }
            #expect(provider.keyFetches == 1 && provider.metadataFetches == 1)

            provider.rotate()
            #expect(try await identity(provider, client).subject == "mei-1")
            #expect(provider.keyFetches == 2)

            provider.rotate(publishes: false)
            await #expect(throws: IdentityProviderError.self) { try await identity(provider, client) }
            #expect(provider.keyFetches == 3)
            await client.close()
        }
    }

    @Test func keys_areNotFetchedForEveryStrangersKeyID() async throws {
        try await FakeProvider.with { provider in
            let settings = provider.settings { $0.limits.keysRefetchInterval = .seconds(30) }
            let client = OpenIDProvider(settings, time: SystemTimeSource())
            _ = try await identity(provider, client)
            for _ in 0..<5 {
                provider.rotate(publishes: false)
                await #expect(throws: IdentityProviderError.self) { try await identity(provider, client) }
            }

            #expect(provider.keyFetches == 1, "the keys are younger than the interval")
            await client.close()
        }
    }

    @Test func redeem_refusesAnotherIssuerInTheAnswer() async throws {
        try await FakeProvider.with { provider in
            #expect(
                await refusal(provider, issuer: "https://other.example")?.reason == "the answer is of another issuer"
            )
            #expect(await refusal(provider, issuer: "")?.kind == .untrusted)
        }
    }

    @Test func redeem_refusesAnotherNonceThanThisBrowsers() async throws {
        try await FakeProvider.with { provider in
            #expect(await refusal(provider, nonce: "nonce-of-another")?.reason.contains("nonce") == true)
        }
    }

    @Test func redeem_refusesStructuresThatAreNoTokens() async throws {
        try await FakeProvider.with { provider in
            let key = provider.key
            typealias Sign = @Sendable (JSONValue, JSONValue) throws -> String
            var cases: [Sign] = []
            for text in ["", "a.b", "...", String(repeating: "a", count: 70_000) + ".b.c"] {
                cases.append { _, _ in text }
            }
            for ending in [".x", "="] {
                cases.append { header, claims in try key.sign(header, claims) + ending }
            }
            cases.append { _, claims in try key.sign("text", claims) }
            cases.append { header, _ in try key.sign(header, ["a"]) }
            cases.append { header, claims in
                var critical = header.object ?? [:]
                critical["crit"] = ["exp"]
                return try key.sign(.object(critical), claims)
            }
            for (number, sign) in cases.enumerated() {
                provider.script { $0.sign = sign }
                #expect(await refusal(provider)?.kind == .untrusted, "case \(number)")
            }
        }
    }

    @Test func userInfo_fillsWhatTheTokenLacks() async throws {
        try await FakeProvider.with { provider in
            provider.script {
                $0.email = nil
                $0.claims = ["groups": nil, "email_verified": nil]
                $0.userInfo = [
                    "sub": "mei-1", "email": "mei@corp.example", "email_verified": "true", "name": "Somebody else",
                    "realm": ["roles": ["engineers"]],
                ]
            }
            let mei = try await identity(provider) { $0.groupsClaim = "realm.roles" }
            #expect(mei.email == "mei@corp.example" && mei.isEmailVerified)
            #expect(mei.name == "Mei Lin", "the signed word wins")
            #expect(mei.groups == ["engineers"])

            provider.script { $0.userInfo = ["sub": "noor-2", "email": "mei@corp.example"] }
            #expect(await refusal(provider)?.reason.contains("user info") == true)
        }
    }

    @Test(arguments: wrongMetadata)
    func metadata_isRefusedWhenItCannotBeTrusted(member: String, value: JSONValue?) async throws {
        try await FakeProvider.with { provider in
            provider.script { $0.metadata = [member: value] }

            #expect(await refusal(provider)?.kind == .unavailable)
        }
    }

    @Test(arguments: [
        (400, "invalid_grant", IdentityProviderError.Kind.untrusted), (403, "invalid_code", .untrusted),
        (400, "", .untrusted), (401, "invalid_client", .unavailable), (400, "unauthorized_client", .unavailable),
        (401, "", .unavailable), (404, "", .unavailable), (429, "slow_down", .unavailable),
        (500, "invalid_grant", .unavailable), (302, "", .unavailable),
    ])
    func refusalOfTheCode_isToldFromAProviderThatIsNotWell(
        status: Int,
        word: String,
        kind: IdentityProviderError.Kind
    ) async throws {
        try await FakeProvider.with { provider in
            provider.script {
                $0.failure = HTTPStatus(code: status)
                $0.failureBody = ["error": .string(word)]
            }

            #expect(await refusal(provider)?.kind == kind)
        }
    }

    @Test func provider_thatIsDownIsUnavailableAndNotUntrusted() async throws {
        try await FakeProvider.with { provider in
            provider.script { $0.failure = .internalServerError }

            #expect(await refusal(provider)?.kind == .unavailable)
        }
    }
}
