import AsyncHTTPClient
import Foundation
import HTTPCore
import JSON
import NIOCore
import NIOHTTP1
import Portal
import PortalTesting
import PortalWeb
import Testing

@testable import PortalOIDC

/// A portal that trusts Debian's glewlwyd, which `make test-oidc` starts.
struct RealSite: Sendable {
    let portal: TestPortal
    let provider: RealProvider

    /// Where the provider sends browsers back to; nothing listens there, tests read the address.
    static let publicURL = "http://127.0.0.1:18201"

    static func with(
        _ change: @Sendable (inout OpenIDSettings) -> Void = { _ in },
        time: any TimeSource = SystemTimeSource(),
        wrapping wrap: @Sendable (OpenIDProvider) -> any IdentityProvider = { $0 },
        _ body: @escaping @Sendable (RealSite) async throws -> Void
    ) async throws {
        let provider = RealProvider(issuer: try #require(RealProvider.issuer))
        try await OpenIDProvider(try settings(change), time: time).whileOpen { client in
            var options = TestPortalOptions()
            options.publicURL = publicURL
            options.providers = [wrap(client)]
            try await withPortal(options) { try await body(RealSite(portal: $0, provider: provider)) }
        }
    }

    /// How the portal is set up at glewlwyd.
    static func settings(_ change: (inout OpenIDSettings) -> Void = { _ in }) throws -> OpenIDSettings {
        var settings = OpenIDSettings(
            provider: IdentityProviderSettings(id: "real", buttonEnglish: "Real", buttonChinese: "真实"),
            issuer: try #require(RealProvider.issuer),
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
        return settings
    }

    /// The address the provider sends the browser back to, and the browser's cookie.
    func leave(_ browser: TestClient, _ user: RealProvider.User) async throws -> (back: String, cookie: String) {
        let away = try await browser.get("/login/oidc/real?next=/vclusters")
        let cookie = try #require(away.headers["Set-Cookie"]).prefix { $0 != ";" }
        let back = try await provider.approve(try #require(away.headers["Location"]), user) ?? ""
        #expect(back.hasPrefix(Self.publicURL + "/login/oidc/real/callback?"))
        return (String(back.dropFirst(Self.publicURL.count)), String(cookie))
    }

    /// A whole sign-in.
    func signIn(_ browser: TestClient, _ user: RealProvider.User) async throws -> TestResponse {
        let (back, cookie) = try await leave(browser, user)
        return try await browser.get(back, headers: ["Cookie": cookie, "Accept": "text/html"])
    }
}

extension OpenIDProvider {
    /// Does something with it and closes it, whatever comes of that.
    func whileOpen<Value>(_ body: (OpenIDProvider) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(self)
            await close()
            return value
        } catch {
            await close()
            throw error
        }
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

    /// Signs a user in at the provider and lets both clients know them.
    func signIn(_ name: String) async throws -> User {
        let credentials: JSONValue = ["username": .string(name), "password": "sesame-for-tests"]
        let response = try await send(.POST, api + "/auth/", body: credentials)
        let cookie = try #require(response.headers.first(name: "Set-Cookie")).prefix { $0 != ";" }
        let user = User(cookie: String(cookie))
        for client in ["portal", "reports"] {
            _ = try await send(.PUT, api + "/auth/grant/\(client)", body: ["scope": "openid"], user)
        }
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
