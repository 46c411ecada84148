import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
import Portal

/// Sends requests to one provider.
///
/// Redirects are not followed: a document that says who may sign in comes from where the operator said, or not at all.
struct OpenIDTransport: Sendable {
    private let http: HTTPClient
    private let limits: OpenIDLimits

    /// An answer with a JSON body.
    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
    }

    /// A transport; without a PEM file of authorities those of the system are trusted.
    init(authoritiesPath: String?, limits: OpenIDLimits) {
        self.limits = limits
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authoritiesPath {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authoritiesPath)
            configuration.tlsConfiguration = tls
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends the connections.
    func close() async {
        // Nothing waits for an answer any more; what a connection still has to say is of no interest.
        try? await http.shutdown()
    }

    /// GET of a JSON document.
    func get(_ url: String, bearer: String? = nil) async throws(IdentityProviderError) -> Answer {
        var request = HTTPClientRequest(url: url)
        if let bearer { request.headers.add(name: "Authorization", value: "Bearer \(bearer)") }
        return try await send(request)
    }

    /// POST of a form.
    func post(
        _ url: String,
        form: String,
        authorization: String?
    ) async throws(IdentityProviderError) -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(string: form))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws(IdentityProviderError) -> Answer {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "open-vcluster-portal")
        // The path only: the query of a provider may have what is nobody's business.
        let place = request.url.prefix { $0 != "?" }
        do {
            let timeout = TimeAmount.nanoseconds(Int64(limits.requestDuration / .nanoseconds(1)))
            let response = try await http.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: limits.documentBytesMax)
            let json = try JSONValue(parsing: bytes.readableBytesView)
            return Answer(status: Int(response.status.code), json: json)
        } catch {
            throw .unavailable("\(place): \(error)")
        }
    }
}
