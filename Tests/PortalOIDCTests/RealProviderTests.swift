import HTTPCore
import JSON
import PortalOIDC
import PortalTesting
import Testing

/// Sign-ins at Debian's glewlwyd, which `make test-oidc` starts; skipped where it did not.
///
/// One after another: the provider is reset when its keys are replaced.
@Suite(.enabled(if: RealProvider.issuer != nil), .serialized)
struct RealProviderTests {
    @Test func signIn_worksWithARealProvider() async throws {
        try await RealSite.with { site in
            let browser = try await site.portal.client()
            let mei = try await site.provider.signIn("mei")

            let answer = try await site.signIn(browser, mei)
            let cookie = try #require(answer.headers["Set-Cookie"]).prefix { $0 != ";" }
            let me = try await browser.get("/api/v1/me", headers: ["Cookie": String(cookie)])

            #expect(answer.status == 303)
            #expect(me.json["user"]?["email"] == "mei@corp.example")
            #expect(me.json["user"]?["name"] == "Mei Lin")
            #expect(me.json["roles"]?.array?.count == 1)
            #expect(me.json["roles"]?[0]?["role"] == "member")
            #expect(me.json["roles"]?[0]?["tenantName"] == "Payments")
        }
    }

    @Test func signIn_withoutTheGroupHasNoRole() async throws {
        try await RealSite.with { site in
            let browser = try await site.portal.client()
            let answer = try await site.signIn(browser, try await site.provider.signIn("noor"))
            let cookie = try #require(answer.headers["Set-Cookie"]).prefix { $0 != ";" }

            let me = try await browser.get("/api/v1/me", headers: ["Cookie": String(cookie)])

            #expect(me.json["user"]?["email"] == "noor@corp.example")
            #expect(me.json["roles"]?.array?.isEmpty == true)
        }
    }

    @Test func code_isOfNoUseTwiceNorElsewhere() async throws {
        try await RealSite.with { site in
            let (victim, thief) = (try await site.portal.client(), try await site.portal.client())
            let mei = try await site.provider.signIn("mei")
            let (back, cookie) = try await site.leave(victim, mei)
            let (_, other) = try await site.leave(thief, mei)

            let stolen = try await thief.get(back, headers: ["Cookie": other])
            let right = try await victim.get(back, headers: ["Cookie": cookie])
            let replayed = try await victim.get(back, headers: ["Cookie": cookie])

            #expect(stolen.status == 401)
            #expect(right.status == 303)
            #expect(replayed.status == 401)
        }
    }

    @Test func code_ofAnotherSignInIsRefusedByTheProvider() async throws {
        try await RealSite.with { site in
            let browser = try await site.portal.client()
            let mei = try await site.provider.signIn("mei")
            let (first, _) = try await site.leave(browser, mei)
            let (second, cookie) = try await site.leave(browser, mei)
            let stolen = QueryItems(parsing: first.split(separator: "?").last.map(String.init)).first(named: "code")
            var own = QueryItems(parsing: second.split(separator: "?").last.map(String.init))
            own.set("code", stolen ?? "")

            // The code belongs to the first challenge; the verifier of the second one does not fit it (PKCE).
            let answer = try await browser.get(
                "/login/oidc/real/callback?\(own.encoded)",
                headers: ["Cookie": cookie, "Accept": "text/html"]
            )

            #expect(answer.status == 401)
            #expect(answer.text.contains("could not be verified"))
        }
    }

    @Test func keys_mayRotateBetweenTwoSignIns() async throws {
        try await RealSite.with { site in
            let browser = try await site.portal.client()
            let mei = try await site.provider.signIn("mei")
            #expect(try await site.signIn(browser, mei).status == 303)

            try site.provider.rotate()

            #expect(try await site.signIn(browser, mei).status == 303)
        }
    }

    @Test func clients_thatTheProviderDoesNotKnowAreNotSentBack() async throws {
        try await RealSite.with({ $0.clientID = "another" }) { site in
            let away = try await site.portal.client().get("/login/oidc/real")
            let mei = try await site.provider.signIn("mei")

            let back = try await site.provider.approve(try #require(away.headers["Location"]), mei)
            #expect(back?.hasPrefix(RealSite.publicURL) != true)
        }
    }
}
