import AsyncHTTPClient
import Foundation
import HTTPCore
import JSON
import NIOCore
import NIOHTTP1
import Portal
import PortalOIDC
import PortalTesting
import PortalWeb
import Testing

/// Sign-ins at Debian's glewlwyd, which `make test-oidc` starts; skipped where it did not.
@Suite(.enabled(if: RealProvider.issuer != nil), .serialized)
struct RealProviderTests {
    @Test func signIn_worksWithARealProvider() async throws {
        try await withSite { portal, provider in
            let browser = try await portal.client()
            let mei = try await provider.signIn("mei")

            let answer = try await signIn(browser, mei)
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
        try await withSite { portal, provider in
            let browser = try await portal.client()
            let answer = try await signIn(browser, try await provider.signIn("noor"))
            let cookie = try #require(answer.headers["Set-Cookie"]).prefix { $0 != ";" }

            let me = try await browser.get("/api/v1/me", headers: ["Cookie": String(cookie)])

            #expect(me.json["user"]?["email"] == "noor@corp.example")
            #expect(me.json["roles"]?.array?.isEmpty == true)
        }
    }

    @Test func code_isOfNoUseTwiceNorElsewhere() async throws {
        try await withSite { portal, provider in
            let (victim, thief) = (try await portal.client(), try await portal.client())
            let mei = try await provider.signIn("mei")
            let (back, cookie) = try await leave(victim, mei)
            let (_, other) = try await leave(thief, mei)

            let stolen = try await thief.get(back, headers: ["Cookie": other])
            let right = try await victim.get(back, headers: ["Cookie": cookie])
            let replayed = try await victim.get(back, headers: ["Cookie": cookie])

            #expect(stolen.status == 401)
            #expect(right.status == 303)
            #expect(replayed.status == 401)
        }
    }

    @Test func code_ofAnotherSignInIsRefusedByTheProvider() async throws {
        try await withSite { portal, provider in
            let browser = try await portal.client()
            let mei = try await provider.signIn("mei")
            let (first, _) = try await leave(browser, mei)
            let (second, cookie) = try await leave(browser, mei)
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
        try await withSite { portal, provider in
            let browser = try await portal.client()
            let mei = try await provider.signIn("mei")
            #expect(try await signIn(browser, mei).status == 303)

            try provider.rotate()

            #expect(try await signIn(browser, mei).status == 303)
        }
    }

    @Test func token_forAnotherClientIsRefused() async throws {
        try await withSite({ $0.clientID = "another" }) { portal, provider in
            let browser = try await portal.client()
            let away = try await browser.get("/login/oidc/real")
            let mei = try await provider.signIn("mei")

            // The provider does not know the client and sends nobody back.
            let back = try await provider.approve(try #require(away.headers["Location"]), mei)
            #expect(back?.hasPrefix("http://127.0.0.1:18201/") != true)
        }
    }

    private func withSite(
        _ change: @escaping @Sendable (inout OpenIDSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (TestPortal, RealProvider) async throws -> Void
    ) async throws {
        let provider = RealProvider(issuer: try #require(RealProvider.issuer))
        var settings = OpenIDSettings(
            provider: IdentityProviderSettings(id: "real", buttonEnglish: "Real", buttonChinese: "真实"),
            issuer: provider.issuer,
            clientID: "portal",
            clientSecret: "portal-secret"
        )
        settings.scopes = ["openid"]
        // It tells no `email_verified`.
        settings.trustsEmail = true
        settings.limits.keysRefetchInterval = .zero
        settings.provider.groupRules = ["engineers=member@Acme/Engineering/Payments"].compactMap {
            ProviderGroupRule(parsing: $0)
        }
        change(&settings)
        let client = OpenIDProvider(settings, time: SystemTimeSource())
        var options = TestPortalOptions()
        options.publicURL = "http://127.0.0.1:18201"
        options.providers = [client]
        try await withPortal(options) { try await body($0, provider) }
        await client.close()
    }

    /// The address the provider sends the browser back to, and the browser's cookie.
    private func leave(_ browser: TestClient, _ user: RealProvider.User) async throws -> (back: String, cookie: String)
    {
        let away = try await browser.get("/login/oidc/real?next=/vclusters")
        let cookie = try #require(away.headers["Set-Cookie"]).prefix { $0 != ";" }
        let provider = RealProvider(issuer: try #require(RealProvider.issuer))
        let url = try #require(away.headers["Location"])
        let back = try await provider.approve(url, user) ?? ""
        #expect(back.hasPrefix("http://127.0.0.1:18201/login/oidc/real/callback?"))
        return (String(back.dropFirst("http://127.0.0.1:18201".count)), String(cookie))
    }

    private func signIn(_ browser: TestClient, _ user: RealProvider.User) async throws -> TestResponse {
        let (back, cookie) = try await leave(browser, user)
        return try await browser.get(back, headers: ["Cookie": cookie, "Accept": "text/html"])
    }
}

/// What a user's browser does at glewlwyd, by its API in place of its pages.
struct RealProvider: Sendable {
    /// The issuer; nil when no provider was started.
    static var issuer: String? { ProcessInfo.processInfo.environment["PORTAL_TEST_OIDC_ISSUER"] }

    let issuer: String

    /// Somebody who is signed in at the provider.
    struct User: Sendable {
        let cookie: String
    }

    private var api: String { String(issuer.dropLast("/oidc".count)) }

    /// Signs a user in at the provider and lets the portal know them.
    func signIn(_ name: String) async throws -> User {
        let credentials: JSONValue = ["username": .string(name), "password": "sesame-for-tests"]
        let response = try await send(.POST, api + "/auth/", body: credentials)
        let cookie = try #require(response.headers.first(name: "Set-Cookie")).prefix { $0 != ";" }
        let user = User(cookie: String(cookie))
        _ = try await send(.PUT, api + "/auth/grant/portal", body: ["scope": "openid"], user)
        return user
    }

    /// Opens the address the portal sent the browser to; where the provider sends it then.
    func approve(_ url: String, _ user: User) async throws -> String? {
        try await send(.GET, url + "&g_continue", user).headers.first(name: "Location")
    }

    /// Makes the provider sign with another key.
    func rotate() throws {
        let process = Process()
        process.executableURL = URL(filePath: try TestProject.root() + "/scripts/oidc-provider")
        process.arguments = ["rotate", try #require(ProcessInfo.processInfo.environment["PORTAL_TEST_OIDC_DIRECTORY"])]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func send(
        _ method: NIOHTTP1.HTTPMethod,
        _ url: String,
        body: JSONValue? = nil,
        _ user: User? = nil
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let user { request.headers.add(name: "Cookie", value: user.cookie) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<HTTPClientResponse, any Error>
        do { result = .success(try await client.execute(request, timeout: .seconds(20))) } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }
}
