import ArgumentParser
import FlyingFox
import FlyingSocks
import Foundation

/// FlyingFox, as its documentation shows it, with the routes that all programs here answer.
@main
struct BenchFlyingFox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-flyingfox")

    @Option(help: "Port on the loopback address.")
    var port: UInt16 = 8080

    func run() async throws {
        // Its default logger prints a line for each request, which no other program here does.
        let server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled)
        await server.appendRoute("GET /plaintext") { _ in
            HTTPResponse(
                statusCode: .ok,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: Data("Hello, World!".utf8)
            )
        }
        await server.appendRoute("GET /json") { _ in try json(VCluster(id: "vc-0001")) }
        await server.appendRoute("GET /vclusters/:id") { request in
            try json(VCluster(id: request.routeParameters["id"] ?? ""))
        }
        await server.appendRoute("POST /echo-json") { request in
            try json(JSONDecoder().decode(VCluster.self, from: await request.bodyData))
        }
        try await server.run()
    }
}

private func json(_ value: VCluster) throws -> HTTPResponse {
    HTTPResponse(
        statusCode: .ok,
        headers: [.contentType: "application/json"],
        body: try JSONEncoder().encode(value)
    )
}

/// The object that the JSON routes answer.
struct VCluster: Codable {
    var id: String
    var name = "team-payments-staging"
    var tenant = "acme"
    var phase = "Running"
    var cpu = 2.5
    var memory: Int64 = 4_294_967_296
    var createdAt = "2026-11-23T03:00:00Z"
    var labels = ["env": "staging", "team": "payments", "region": "eu-central-1"]
    var endpoints = ["https://10.0.0.12:8443", "https://staging.acme.vc.example.com"]
    var message = "All control plane components are ready."
}
