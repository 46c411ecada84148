import AsyncHTTPClient
import Foundation
import JSON
import NIOCore

/// The REST API of a running server, as a signed-in user calls it.
struct APIClient {
    let url: String
    let token: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Signs in with a demo password.
    static func signIn(_ url: String, email: String, password: String = "acme-demo-2026") async throws -> APIClient {
        let login = APIClient(url: url, token: "")
        let answer = try await login.call(
            "POST",
            "/api/v1/auth/login",
            ["email": .string(email), "password": .string(password)]
        )
        guard let token = answer["token"]?.string else { throw Failure(description: "no token: \(answer)") }
        return APIClient(url: url, token: token)
    }

    func get(_ path: String) async throws -> JSONValue { try await call("GET", path, nil) }

    @discardableResult
    func post(_ path: String, _ body: JSONValue = [:]) async throws -> JSONValue { try await call("POST", path, body) }

    @discardableResult
    func delete(_ path: String) async throws -> JSONValue { try await call("DELETE", path, nil) }

    /// The id of the first item of a list whose member `key` is `value`.
    func id(in list: String, where key: String, is value: String) async throws -> String {
        let items = try await get(list)["items"]?.array ?? []
        guard let id = items.first(where: { $0[key]?.string == value })?["id"]?.string else {
            throw Failure(description: "\(list) has no item with \(key) \(value)")
        }
        return id
    }

    private func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url + path)
        request.method = .init(rawValue: method)
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.encoded()))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = Array(buffer: try await response.body.collect(upTo: 16 << 20))
        let answer = bytes.isEmpty ? JSONValue.null : try JSONValue(parsing: bytes)
        guard (200..<300).contains(response.status.code) else {
            throw Failure(description: "\(method) \(path): \(response.status.code) \(answer.encodedString())")
        }
        return answer
    }
}
