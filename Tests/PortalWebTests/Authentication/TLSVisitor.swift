import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL

/// A client with a TLS stack that is not ours, apart from files that have the server's types of the same names.
enum TLSVisitor {
    /// The answer to a GET.
    ///
    /// - Parameters:
    ///   - url: An `https` address; its certificate has to be of the tests' authority.
    ///   - identity: A certificate and its key, as PEM.
    ///   - headers: Sent as they are.
    /// - Returns: Status and body; null for a body that is no JSON.
    /// - Throws: What the connection throws.
    static func get(
        _ url: String,
        _ identity: (certificate: String, key: String)?,
        headers: [(String, String)]
    ) async throws -> (status: Int, json: JSONValue) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(ClientCertificates.authority.utf8)))
        if let identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                .map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem))
        }
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = tls
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<(Int, JSONValue), any Error>
        do {
            var request = HTTPClientRequest(url: url)
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 1 << 20)
            let json = (try? JSONValue(parsing: body.readableBytesView)) ?? .null
            result = .success((Int(response.status.code), json))
        } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }
}
