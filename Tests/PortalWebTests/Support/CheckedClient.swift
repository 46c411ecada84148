import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

/// A client that holds every answer to `openapi.yaml`.
struct CheckedClient: Sendable {
    let client: TestClient
    let description: APIDescription

    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        let response = try await client.send(method, target, headers: headers, body: body)
        for problem in description.problems(of: response, to: method.rawValue, target) {
            Issue.record(
                "\(method.rawValue) \(target) → \(response.status): \(problem)",
                sourceLocation: sourceLocation
            )
        }
        return response
    }

    func get(
        _ target: String,
        headers: HTTPHeaders = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        try await send(.get, target, headers: headers, sourceLocation: sourceLocation)
    }

    func post(
        _ target: String,
        _ json: JSONValue? = nil,
        headers: HTTPHeaders = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        var headers = headers
        if json != nil { headers.setDefault("Content-Type", "application/json") }
        return try await send(
            .post,
            target,
            headers: headers,
            body: json?.encoded() ?? [],
            sourceLocation: sourceLocation
        )
    }

    func put(
        _ target: String,
        _ json: JSONValue,
        headers: HTTPHeaders = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        var headers = headers
        headers.setDefault("Content-Type", "application/json")
        return try await send(
            .put,
            target,
            headers: headers,
            body: json.encoded(),
            sourceLocation: sourceLocation
        )
    }

    func patch(
        _ target: String,
        _ json: JSONValue,
        headers: HTTPHeaders = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        var headers = headers
        headers.setDefault("Content-Type", "application/json")
        return try await send(
            .patch,
            target,
            headers: headers,
            body: json.encoded(),
            sourceLocation: sourceLocation
        )
    }

    func delete(
        _ target: String,
        headers: HTTPHeaders = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestResponse {
        try await send(.delete, target, headers: headers, sourceLocation: sourceLocation)
    }
}

extension TestPortal {
    /// A client whose answers are held to the description.
    func checked(as persona: TestPersona?) async throws -> CheckedClient {
        CheckedClient(client: try await client(as: persona), description: try await APIDescription(of: self))
    }

    /// Creates a vcluster in Payments and returns the answer.
    func createVCluster(_ name: String = "demo", by client: CheckedClient) async throws -> JSONValue {
        let body: JSONValue = ["tenantId": .string(organization.payments.id.description), "name": .string(name)]
        let response = try await client.post("/api/v1/vclusters", body)
        try #require(response.status == 202, "\(response.text)")
        return response.json
    }

    /// Runs body until a vcluster has a phase; fails when an operation has ended and it has another.
    func waitForPhase(_ phase: String, of id: String, by client: CheckedClient) async throws {
        for try await event in try await client.client.events("/api/v1/vclusters:watch?sendInitial=true") {
            guard let object = event.data["object"], object["id"]?.string == id else { continue }
            if object["phase"]?.string == phase { return }
        }
        Issue.record("the stream ended before \(id) was \(phase)")
    }
}
