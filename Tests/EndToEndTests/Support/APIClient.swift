import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Portal
import PortalTesting

/// The REST API of a running server, as the holder of an API token calls it.
struct APIClient {
    let url: String
    let token: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    func get(_ path: String) async throws -> JSONValue { try await call(.GET, path, nil) }

    @discardableResult
    func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue { try await call(.POST, path, body) }

    @discardableResult
    func put(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await call(.PUT, path, body) }

    @discardableResult
    func patch(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await call(.PATCH, path, body) }

    @discardableResult
    func delete(_ path: String) async throws -> JSONValue { try await call(.DELETE, path, nil) }

    /// Asks for a vcluster with an empty spec.
    ///
    /// - Returns: The answer: `vcluster` and `operation`.
    @discardableResult
    func create(_ name: String, at site: Site) async throws -> JSONValue {
        let tenant = site.organization.payments.id.description
        return try await post(
            "/api/v1/vclusters",
            ["tenantId": .string(tenant), "name": .string(name), "spec": [:]]
        )
    }

    /// A request with the token and an optional document.
    func request(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let body {
            let type = method == .PATCH ? "application/merge-patch+json" : "application/json"
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        return request
    }

    private func call(_ method: HTTPMethod, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let response = try await HTTPClient.shared.execute(request(method, path, body), timeout: .seconds(30))
        let bytes = Array(buffer: try await response.body.collect(upTo: 16 << 20))
        let answer = bytes.isEmpty ? JSONValue.null : try JSONValue(parsing: bytes)
        guard (200..<300).contains(response.status.code) else {
            throw Failure(description: "\(method) \(path): \(response.status.code) \(answer.encodedString())")
        }
        return answer
    }
}
