import EventLoop
import Foundation
import HTTPCore
import HTTPServer
import Testing

/// A folder that goes away with its owner.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path; an existing one is replaced in one step.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        return file
    }

    /// Writes certificate and key of an identity.
    @discardableResult
    func write(_ name: String, _ identity: TestIdentity) throws -> TLSConfiguration.Certificate {
        TLSConfiguration.Certificate(
            chainPath: try write(name + ".pem", identity.certificatePEM),
            keyPath: try write(name + ".key", identity.keyPEM)
        )
    }
}

/// An authority, a folder and a configuration with one certificate, for `a.example`.
struct TestTLSSite {
    let authority: TestAuthority
    let folder: TestFolder
    var configuration: TLSConfiguration

    init() throws {
        authority = try TestAuthority()
        folder = try TestFolder()
        configuration = TLSConfiguration(certificates: [
            try folder.write("a", try authority.server("a.example", "*.a.example"))
        ])
        configuration.fileCheckInterval = nil
    }

    /// Has clients checked against the authority.
    mutating func checkClients(
        isRequired: Bool = true,
        revocationList: String? = nil,
        allowed: [String] = []
    ) throws {
        let trust = TLSConfiguration.ClientTrust(
            authoritiesPath: try folder.write("ca.pem", authority.own.certificatePEM),
            revocationListsPath: try revocationList.map { try folder.write("crl.pem", $0) },
            allowedIdentities: try allowed.map { try #require(TLSClientPattern($0)) }
        )
        configuration.clientCertificates = isRequired ? .required(trust) : .optional(trust)
    }
}

/// Runs a body against a server that encrypts.
func withTLSServer(
    _ configuration: TLSConfiguration,
    limits: HTTPLimits = HTTPLimits(),
    timeouts: HTTPTimeouts = HTTPTimeouts(),
    handler: @escaping HTTPHandler = echo,
    _ body: @escaping (TestServer, TLSContext) async throws -> Void
) async throws {
    let context = try TLSContext(configuration)
    try await withServer(
        limits: limits,
        timeouts: timeouts,
        configure: { $0.listeners = [HTTPListener(.tcp(host: "127.0.0.1", port: 0), tls: context)] },
        handler: handler
    ) { server in
        try await body(server, context)
    }
}

extension TestServer {
    /// A client that has shaken hands.
    func connectTLS(_ options: TestTLSOptions = TestTLSOptions()) async throws -> RawClient {
        let client = try connect()
        try await client.startTLS(options)
        return client
    }

    /// What is agreed with a client.
    func agreement(_ options: TestTLSOptions = TestTLSOptions()) async throws -> TestTLS {
        try #require(try await connectTLS(options).tls)
    }

    /// What a client with these options gets for a request: the response's body, or why there is none.
    func outcome(_ options: TestTLSOptions) async -> String {
        do {
            return try await connectTLS(options).get("/").body
        } catch {
            return "\(error)"
        }
    }
}
