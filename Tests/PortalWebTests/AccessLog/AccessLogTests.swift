import HTTPCore
import Logging
import Observability
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// The line of a request.
struct AccessLogTests {
    @Test func line_tellsWhoAskedForWhatAndHowItWent() async throws {
        let log = LogCapture()
        var options = TestPortalOptions()
        options.logger = log.logger
        try await withPortal(options) { portal in
            let client = try await portal.client(as: .member)
            let response = try await client.get(
                "/api/v1/vclusters?q=secret",
                headers: ["X-Request-Id": "r-1", "User-Agent": String(repeating: "u", count: 1_000)]
            )

            let line = try #require(log.events("request").last)
            #expect(line["method"] == "GET")
            #expect(line["path"] == "/api/v1/vclusters")
            #expect(line["route"] == "/api/v1/vclusters")
            #expect(line["status"]?.description == "200")
            #expect(line["requestId"] == "r-1")
            #expect(line["protocol"] == "HTTP/1.1")
            #expect(line["scheme"] == "http")
            #expect(line["remote"] == "127.0.0.1")
            #expect(line["userId"] == "\(portal.organization.caller(.member).user.id)")
            #expect(line["userAgent"]?.description.count == 256)
            #expect(line["bytesIn"]?.description == "0")
            #expect(line["bytesOut"]?.description == "\(response.body.count)")
            #expect(Double(line["durationMs"]?.description ?? "") ?? -1 > 0)
            #expect(!line.values.contains { $0.description.contains("secret") })
            let trace = try #require(TraceContext(parsing: response.headers["traceparent"] ?? ""))
            #expect(line["traceId"] == "\(trace.traceID)")
            #expect(line["spanId"] == "\(trace.spanText)")
        }
    }

    @Test func line_hasNoSecretOfALink() async throws {
        let log = LogCapture()
        var options = TestPortalOptions()
        options.logger = log.logger
        try await withPortal(options) { portal in
            let identity = portal.services.identity
            let acme = portal.organization
            let reset = try await identity.issuePasswordReset(for: acme.member.user.id, as: acme.admin)

            let page = try await portal.client().get("/reset-password/\(reset.secret)")

            #expect(page.status == 200)
            let line = try #require(log.events("request").last)
            #expect(line["path"] == "/reset-password/{id}")
            #expect(!line.values.contains { $0.description.contains(reset.secret) })
        }
    }

    @Test func bytes_areThoseOfTheContent() async throws {
        let log = LogCapture()
        var options = TestPortalOptions()
        options.logger = log.logger
        try await withPortal(options) { portal in
            let client = try await portal.client(as: .member)
            _ = try await client.send(.head, "/openapi.yaml")
            let file = try await client.get("/static/js/explorer.js")
            _ = try await client.send(.post, "/api/v1/auth/login", body: Array("{}".utf8))
            _ = try await client.events("/api/v1/vclusters:watch")

            let lines = log.events("request")
            #expect(lines.map { $0["bytesOut"]?.description }.prefix(2) == ["0", "\(file.body.count)"])
            #expect(lines[2]["bytesIn"]?.description == "2")
            #expect(lines[3]["status"]?.description == "200")
            #expect(lines[3]["bytesOut"] == nil, "a stream has not begun when its line is written")
        }
    }

    @Test func share_leavesOutWhatIsFast_butNotWhatIsAskedForOrFails() async throws {
        let log = LogCapture()
        var options = TestPortalOptions()
        options.logger = log.logger
        options.accessLog = AccessLogPolicy(.sampled(try #require(LogSampler(fraction: 0))), slow: .seconds(3_600))
        try await withPortal(options) { portal in
            let client = try await portal.client(as: nil)
            _ = try await client.get("/healthz")
            #expect(log.events("request").isEmpty)

            let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"
            _ = try await client.get("/healthz", headers: ["traceparent": "\(parent)-00"])
            _ = try await client.get("/healthz", headers: ["traceparent": "\(parent)-01"])

            #expect(log.events("request").map { $0["path"] } == ["/healthz"])
        }
    }
}
