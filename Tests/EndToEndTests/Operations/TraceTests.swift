import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Portal
import PortalTesting
import Postgres
import Testing

/// The log and the traces of the real server.
@Suite(.timeLimit(.minutes(2)))
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test func log_isJSON_withTheTraceOfTheRequest() async throws {
        let settings = ["PORTAL_LOG_FORMAT": "json", "PORTAL_LOG_LEVEL": "info", "PORTAL_ACCESS_LOG": "0"]
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer(settings) { server in
                let client = site.member(of: server)
                _ = try await client.get("/api/v1/me")
                let tenant = site.organization.payments.id.description
                var request = client.request(
                    .POST,
                    "/api/v1/vclusters",
                    ["tenantId": .string(tenant), "name": "traced", "spec": [:]]
                )
                request.headers.add(name: "traceparent", value: "00-\(Self.trace)-00f067aa0ba902b7-01")

                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                let body = try JSONValue(parsing: Array(buffer: try await response.body.collect(upTo: 1 << 20)))

                let answered = try #require(response.headers.first(name: "traceparent"))
                #expect(answered.hasPrefix("00-\(Self.trace)-") && answered.hasSuffix("-01"))
                _ = try await server.process.line(containing: Self.trace, within: .seconds(20))
                let id = try #require(body["operation"]?["id"]?.string.flatMap { UUID(uuidString: $0) })
                let stored: String? = try await site.database.query(
                    "SELECT traceparent FROM operations WHERE id = \(id)"
                ).first?.decode("traceparent")
                #expect(stored == answered)
                let lines = try server.process.output.split(separator: "\n").filter { $0.hasPrefix("{") }
                    .map { try JSONValue(parsing: String($0)) }
                #expect(lines.allSatisfy { $0["time"] != nil && $0["level"] != nil && $0["logger"] != nil })
                let requests = lines.filter { $0["message"] == "request" }
                #expect(requests.map { $0["traceId"] } == [.string(Self.trace)])
                #expect(requests.first?["status"] == 202)
                #expect(requests.first?["spanId"]?.string.map(answered.contains) == true)
            }
        }
    }

    @Test func server_outlivesTheReaderOfItsLog() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer(["PORTAL_LOG_LEVEL": "info"]) { server in
                let client = site.member(of: server)
                server.process.stopReading()

                for _ in 0..<2_000 { _ = try await client.get("/api/v1/me") }

                let response = try await HTTPClient.shared.execute(
                    client.request(.GET, "/metrics"),
                    timeout: .seconds(30)
                )
                let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
                let line = text.split(separator: "\n").last { $0.hasPrefix("portal_log_lines_dropped_total") }
                #expect(line?.split(separator: " ").last.flatMap { Double($0) } ?? 0 > 0)
            }
        }
    }

    @Test func settings_areChecked() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            let error = await #expect(throws: ChildProcess.Failure.self) {
                _ = try await site.start([
                    "PORTAL_LOG_FORMAT": "xml", "PORTAL_ACCESS_LOG": "some",
                    "PORTAL_SLOW_REQUEST_MILLISECONDS": "0",
                ])
            }

            for name in ["PORTAL_LOG_FORMAT", "PORTAL_ACCESS_LOG", "PORTAL_SLOW_REQUEST_MILLISECONDS"] {
                #expect(error?.description.contains("\(name) must be") == true, "\(error?.description ?? "")")
            }
        }
    }
}
