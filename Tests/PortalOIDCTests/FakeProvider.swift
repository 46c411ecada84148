import Crypto
import CryptoExtras
import EventLoop
import Foundation
import HTTPCore
import HTTPServer
import JSON
import JWTKit
import Logging
import Portal
import PortalOIDC
import PortalTesting
import Synchronization

/// An OpenID provider in this process, on a socket of its own, that says whatever a test wants.
final class FakeProvider: Sendable {
    /// What the next ID token is.
    struct Script: Sendable {
        var subject = "mei-1"
        var email: String? = "mei@corp.example"
        var isEmailVerified = true
        var groups: [String] = []
        /// Changes claims of the ID token before it is signed; nil removes one.
        var claims: [String: JSONValue?] = [:]
        /// Signs the ID token; nil signs it with the present key.
        var sign: (@Sendable (_ header: JSONValue, _ claims: JSONValue) throws -> String)?
        /// Members of the metadata to change; nil removes one.
        var metadata: [String: JSONValue?] = [:]
        var userInfo: JSONValue?
        /// The status of every answer but the metadata's, to play a provider that is down.
        var failure: HTTPStatus?
        /// What it says then.
        var failureBody: JSONObject = [:]
    }

    private struct State {
        var script = Script()
        var key = SigningKey.ecdsa()
        var published: [SigningKey] = []
        var codes: [String: QueryItems] = [:]
        var keyFetches = 0
        var metadataFetches = 0
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let address = Mutex("")

    static let clientID = "portal"
    static let clientSecret = "s3cret/with:signs"

    private init(time: any TimeSource) {
        self.time = time
        state.withLock { $0.published = [$0.key] }
    }

    /// The issuer: this provider's own address.
    var issuer: String { address.withLock { $0 } }
    /// How often the keys were fetched.
    var keyFetches: Int { state.withLock { $0.keyFetches } }
    /// How often the metadata was fetched.
    var metadataFetches: Int { state.withLock { $0.metadataFetches } }
    /// The key that signs.
    var key: SigningKey { state.withLock { $0.key } }

    /// Changes what the provider says.
    func script(_ change: @Sendable (inout Script) -> Void) {
        state.withLock { change(&$0.script) }
    }

    /// Signs with another key from now on.
    func rotate(to key: SigningKey = .ecdsa(), publishes: Bool = true) {
        state.withLock { state in
            state.key = key
            if publishes { state.published.append(key) }
        }
    }

    /// The settings of a portal that trusts this provider.
    func settings(_ change: (inout OpenIDSettings) -> Void = { _ in }) -> OpenIDSettings {
        let provider = IdentityProviderSettings(
            id: "corp",
            buttonEnglish: "Sign in with Corp",
            buttonChinese: "使用 Corp 登录"
        )
        var settings = OpenIDSettings(
            provider: provider,
            issuer: issuer,
            clientID: Self.clientID,
            clientSecret: Self.clientSecret
        )
        settings.limits.keysRefetchInterval = .zero
        change(&settings)
        return settings
    }

    /// Does what the user and the provider's pages do: takes the address the browser was sent to, and gives the one it is
    /// sent back to.
    func approve(_ url: String) throws -> String {
        let query = QueryItems(parsing: url.split(separator: "?", maxSplits: 1).last.map(String.init))
        let code = UUID().uuidString
        state.withLock { $0.codes[code] = query }
        var answer = QueryItems()
        answer.add("code", code)
        answer.add("state", query.first(named: "state") ?? "")
        answer.add("iss", issuer)
        return "\(query.first(named: "redirect_uri") ?? "")?\(answer.encoded)"
    }

    /// Runs a provider for the time of `body`.
    static func with(
        time: any TimeSource = SystemTimeSource(),
        _ body: @escaping @Sendable (FakeProvider) async throws -> Void
    ) async throws {
        let provider = FakeProvider(time: time)
        let group = try EventLoopGroup(loops: 1)
        let logger = Logger(label: "provider", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = HTTPServer(configuration: HTTPServerConfiguration(), group: group, logger: logger) { request in
            try await provider.answer(request)
        }
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await server.run() }
                let port = try await server.waitUntilBound()
                provider.address.withLock { $0 = "http://127.0.0.1:\(port)" }
                let result: Result<Void, any Error>
                do { result = .success(try await body(provider)) } catch { result = .failure(error) }
                tasks.cancelAll()
                while let stopped = await tasks.nextResult() { _ = stopped }
                try result.get()
            }
            result = .success(())
        } catch { result = .failure(error) }
        await group.shutdown()
        try result.get()
    }

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let script = state.withLock { $0.script }
        if request.path != "/.well-known/openid-configuration", let failure = script.failure {
            return .json(JSONValue.object(script.failureBody).encoded(), status: failure)
        }
        switch request.path {
        case "/.well-known/openid-configuration":
            state.withLock { $0.metadataFetches += 1 }
            return .json(metadata(script).encoded())
        case "/keys":
            let keys = state.withLock { state in
                state.keyFetches += 1
                return state.published
            }
            return .json(JSONValue.object(["keys": .array(keys.map(\.publicKey))]).encoded())
        case "/token":
            return try token(request, try await request.body.collect(upTo: 1 << 16), script)
        case "/userinfo":
            return .json((script.userInfo ?? .object([:])).encoded())
        default:
            return .json(JSONValue.object([:]).encoded(), status: .notFound)
        }
    }

    private func metadata(_ script: Script) -> JSONValue {
        var members: JSONObject = [
            "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"),
            "token_endpoint": .string(issuer + "/token"), "jwks_uri": .string(issuer + "/keys"),
            "userinfo_endpoint": .string(issuer + "/userinfo"), "end_session_endpoint": .string(issuer + "/logout"),
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": true,
        ]
        for (name, value) in script.metadata { members[name] = value }
        return .object(members)
    }

    private func token(_ request: HTTPRequest, _ body: [UInt8], _ script: Script) throws -> HTTPResponse {
        let form = QueryItems(parsing: String(decoding: body, as: UTF8.self))
        let refusal = HTTPResponse.json(JSONValue.object(["error": "invalid_grant"]).encoded(), status: .badRequest)
        let code = form.first(named: "code") ?? ""
        guard let asked = state.withLock({ $0.codes.removeValue(forKey: code) }) else { return refusal }
        let challenge = Data(SHA256.hash(data: Data((form.first(named: "code_verifier") ?? "").utf8)))
        let expected = "Basic " + Data("portal:s3cret%2Fwith%3Asigns".utf8).base64EncodedString()
        guard Base64URL.encode(Array(challenge)) == asked.first(named: "code_challenge"),
            asked.first(named: "redirect_uri") == form.first(named: "redirect_uri"),
            request.headers["Authorization"] == expected
        else { return refusal }
        let key = state.withLock { $0.key }
        let claims = claims(script, nonce: asked.first(named: "nonce") ?? "")
        let header: JSONValue = ["alg": .string(key.algorithm), "kid": .string(key.id), "typ": "JWT"]
        let token = try script.sign?(header, claims) ?? key.sign(header, claims)
        return .json(
            JSONValue.object(["access_token": "opaque", "token_type": "Bearer", "id_token": .string(token)]).encoded()
        )
    }

    private func claims(_ script: Script, nonce: String) -> JSONValue {
        let now = Int(time.now().timeIntervalSince1970)
        var claims: JSONObject = [
            "iss": .string(issuer), "sub": .string(script.subject), "aud": .string(Self.clientID),
            "iat": .number(JSONNumber(now)), "exp": .number(JSONNumber(now + 300)), "nonce": .string(nonce),
            "name": "Mei Lin", "email_verified": .bool(script.isEmailVerified),
            "groups": .array(script.groups.map { .string($0) }),
        ]
        if let email = script.email { claims["email"] = .string(email) }
        for (name, value) in script.claims { claims[name] = value }
        return .object(claims)
    }
}
