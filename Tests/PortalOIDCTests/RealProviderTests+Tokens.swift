import Crypto
import Foundation
import HTTPCore
import JSON
import Portal
import PortalTesting
import Synchronization
import Testing

@testable import PortalOIDC

extension RealProviderTests {
    /// Sign-ins at Debian's glewlwyd in which somebody in the middle puts another token in the place of the one it issued.
    ///
    /// Every token is one that glewlwyd signed, for another purpose or changed afterwards; the rest of the sign-in is right.
    @Suite struct Tokens {
        /// Hands the portal another answer than the provider gave.
        private struct Middle: IdentityProvider {
            let client: OpenIDProvider
            let change: @Sendable (JSONValue, AuthorizationCode) async throws -> JSONValue

            var settings: IdentityProviderSettings { client.settings }

            func authorizationURL(_ request: AuthorizationRequest) async throws(IdentityProviderError) -> String {
                try await client.authorizationURL(request)
            }

            func redeem(_ code: AuthorizationCode) async throws(IdentityProviderError) -> ExternalIdentity {
                let answer = try await client.exchange(code)
                let changed: JSONValue
                do { changed = try await change(answer, code) } catch { throw .unavailable("\(error)") }
                return try await client.identity(in: changed, for: code)
            }

            func endSessionURL(returnTo: String) async -> String? { nil }
        }

        /// Signs mei in with a changed answer; the reason of the refusal in the audit log, nil when she got in.
        private func refusal(
            time: any TimeSource = SystemTimeSource(),
            _ change: @escaping @Sendable (JSONValue, AuthorizationCode) async throws -> JSONValue
        ) async throws -> String? {
            let found = Found()
            try await RealSite.with(time: time, wrapping: { Middle(client: $0, change: change) }) { site in
                let browser = try await site.portal.client()
                let answer = try await site.signIn(browser, try await site.provider.signIn("mei"))
                if answer.status == 303 { return }

                #expect(answer.status == 401)
                #expect(answer.text.contains("could not be verified"))
                let cookies = answer.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
                #expect(!cookies.contains { $0.hasPrefix("portal_session=") })
                let refused = try await site.portal.services.audit.list(as: .system("test")).items
                    .first { $0.verb == "session.start" && $0.result == .refused }
                found.reason.withLock { $0 = refused?.after ?? "no reason" }
            }
            return found.reason.withLock { $0 }
        }

        /// A token that glewlwyd issues to somebody at a client, with a nonce of the thief's choice.
        private static func token(of name: String, for client: String = "portal", nonce: String) async throws -> String
        {
            let settings = try RealSite.settings {
                $0.clientID = client
                $0.clientSecret = "\(client)-secret"
            }
            let verifier = "verifier-verifier-verifier-verifier-verifier"
            let redirect = RealSite.publicURL + "/login/oidc/real/callback"
            let answer = try await OpenIDProvider(settings, time: SystemTimeSource()).whileOpen { relying in
                let url = try await relying.authorizationURL(
                    AuthorizationRequest(
                        redirectURI: redirect,
                        state: "state",
                        nonce: nonce,
                        codeChallenge: Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
                    )
                )
                let provider = RealProvider(issuer: settings.issuer)
                let back = try await provider.approve(url, try await provider.signIn(name)) ?? ""
                let query = QueryItems(parsing: back.split(separator: "?").last.map(String.init))
                return try await relying.exchange(
                    AuthorizationCode(
                        code: try #require(query.first(named: "code")),
                        issuer: query.first(named: "iss"),
                        redirectURI: redirect,
                        codeVerifier: verifier,
                        nonce: nonce
                    )
                )
            }
            return try #require(answer["id_token"]?.string)
        }

        @Test func token_asItWasIssuedIsTaken() async throws {
            #expect(try await refusal { answer, _ in answer } == nil)
        }

        @Test func token_thatWasStolenIsRefused() async throws {
            // Another person's, issued to this very client a moment ago.
            let reason = try await refusal { answer, _ in
                answer.with("id_token", .string(try await Self.token(of: "noor", nonce: "noors-own-nonce")))
            }

            #expect(reason?.contains("the nonce is wrong") == true, "\(reason ?? "")")
        }

        @Test func token_withAnotherNonceIsRefused() async throws {
            // The same person's, of another sign-in.
            let reason = try await refusal { answer, _ in
                answer.with("id_token", .string(try await Self.token(of: "mei", nonce: "of-an-earlier-sign-in")))
            }

            #expect(reason?.contains("the nonce is wrong") == true, "\(reason ?? "")")
        }

        @Test func token_forAnotherAudienceIsRefused() async throws {
            // The thief runs the client `reports` and knows the nonce of this sign-in.
            let reason = try await refusal { answer, code in
                answer.with("id_token", .string(try await Self.token(of: "mei", for: "reports", nonce: code.nonce)))
            }

            #expect(reason?.contains("for somebody else") == true, "\(reason ?? "")")
        }

        @Test func token_thatHasExpiredIsRefused() async throws {
            // Ten minutes of glewlwyd, one for clocks that differ, and one more.
            let reason = try await refusal(time: LateTime(seconds: 720)) { answer, _ in answer }

            #expect(reason?.contains("has expired") == true, "\(reason ?? "")")
        }

        @Test(arguments: ["none", "None", "NONE"])
        func token_withoutSignatureIsRefused(name: String) async throws {
            let reason = try await refusal { answer, _ in
                let parts = try Self.parts(answer)
                let header = Base64URL.encode(JSONValue.object(["alg": .string(name), "typ": "JWT"]).encoded())
                return answer.with("id_token", .string("\(header).\(parts[1])."))
            }

            #expect(reason?.contains("not accepted") == true, "\(reason ?? "")")
        }

        @Test func token_thatWasChangedIsRefused() async throws {
            let reason = try await refusal { answer, _ in
                let parts = try Self.parts(answer)
                let claims = try JSONValue(parsing: try #require(Base64URL.decode(parts[1])))
                let changed = claims.with("groups", ["engineers", "cn=admins"]).encoded()
                return answer.with("id_token", .string("\(parts[0]).\(Base64URL.encode(changed)).\(parts[2])"))
            }

            #expect(reason?.contains("signature of the ID token is wrong") == true, "\(reason ?? "")")
        }

        @Test func accessToken_ofAnotherIsRefused() async throws {
            let reason = try await refusal { answer, _ in answer.with("access_token", "somebody-elses") }

            #expect(reason?.contains("access token is not the one") == true, "\(reason ?? "")")
        }

        private static func parts(_ answer: JSONValue) throws -> [String] {
            let parts = try #require(answer["id_token"]?.string).split(separator: ".").map(String.init)
            try #require(parts.count == 3)
            return parts
        }
    }
}

/// What a test has found out.
private final class Found: Sendable {
    let reason = Mutex<String?>(nil)
}

/// A clock that is late for what others have issued.
private struct LateTime: TimeSource {
    let seconds: Double

    func now() -> Date { SystemTimeSource().now().addingTimeInterval(seconds) }
}

extension JSONValue {
    /// A copy of an object with another value for one member.
    fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
        var copy = self
        copy[name] = value
        return copy
    }
}
