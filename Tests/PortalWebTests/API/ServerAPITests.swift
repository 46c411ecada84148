import HTTPCore
import JSON
import Logging
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// What belongs to no noun: probes, metrics, headers, errors of HTTP itself.
struct ServerAPITests {
    @Test func probes_answerWithoutACaller() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)

            #expect(try await client.get("/healthz").json == ["status": "ok"])
            let ready = try await client.get("/readyz")
            #expect(ready.status == 200 && ready.json["status"] == "ok")
        }
    }

    @Test func readiness_tellsWhatIsMissingAndNoMore() async throws {
        struct Secret: Error {}
        let readiness = Readiness(
            checks: [
                ReadinessCheck(name: "fine") {},
                ReadinessCheck(name: "broken") { throw Secret() },
                ReadinessCheck(name: "slow") { try await Task.sleep(for: .seconds(60)) },
            ],
            timeout: .milliseconds(20),
            logger: .init(label: "test")
        )

        let outcomes = await readiness.check()

        #expect(outcomes.map(\.name) == ["fine", "broken", "slow"])
        #expect(outcomes[0].problem == nil)
        #expect(outcomes[1].problem == "failed")
        #expect(outcomes[2].problem?.hasPrefix("no answer") == true)
    }

    @Test func metrics_countRequestsByRouteAndStatus() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            _ = try await client.get("/api/v1/me")
            _ = try await client.client.get("/nowhere/\(VClusterID())")

            let text = try await client.get("/metrics").text

            #expect(text.contains("http_requests_total{method=\"GET\",route=\"/api/v1/me\",status=\"200\"} 1\n"))
            #expect(text.contains("http_requests_total{method=\"GET\",route=\"unknown\",status=\"404\"} 1\n"))
            #expect(text.contains("http_request_duration_seconds_count{route=\"/api/v1/me\"} 1\n"))
            #expect(text.contains("portal_event_streams_open 0\n"))
            #expect(text.contains("process_resident_memory_bytes "))
        }
    }

    @Test func description_isServedAsYAMLAndJSON() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)

            let yaml = try await client.get("/openapi.yaml")
            let json = try await client.get("/openapi.json")
            let explorer = try await client.get("/docs")

            #expect(yaml.text.hasPrefix("openapi: 3.1.0"))
            #expect(json.json["info"]?["title"] == "Open VCluster Portal API")
            #expect(json.json.resolve("#/components/schemas/Login/properties/token/type") == "string")
            #expect(explorer.status == 200)
            #expect(!explorer.text.contains("<script>"))
        }
    }

    @Test func everyAnswer_hasTheSecurityHeaders() async throws {
        try await withPortal { portal in
            let client = try await portal.client(as: .member)
            for target in ["/api/v1/me", "/api/v1/nothing", "/healthz", "/docs", "/static/js/explorer.js"] {
                let headers = try await client.get(target).headers

                let policy = headers["Content-Security-Policy"] ?? ""
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(target)")
                #expect(!policy.contains("unsafe"), "\(target)")
                #expect(headers["X-Content-Type-Options"] == "nosniff", "\(target)")
                #expect(headers["Referrer-Policy"] == "same-origin", "\(target)")
                #expect(headers["Server-Timing"]?.hasPrefix("app;dur=") == true, "\(target)")
                #expect(headers["X-Request-Id"]?.isEmpty == false, "\(target)")
                #expect(headers["Strict-Transport-Security"] == nil, "\(target)")
            }
            #expect(try await client.get("/api/v1/me").headers["Cache-Control"] == "no-store")
            let versioned = try await client.get("/static/js/explorer.js?v=1").headers["Cache-Control"]
            #expect(versioned != "no-store")
        }
    }

    @Test func requestID_isTakenFromTheClient() async throws {
        try await withPortal { portal in
            let response = try await portal.client().get("/api/v1/me", headers: ["X-Request-Id": "abc-123"])

            #expect(response.headers["X-Request-Id"] == "abc-123")
            #expect(response.json["requestId"] == "abc-123")
        }
    }

    @Test func wrongMethods_areToldTheRightOnes() async throws {
        try await withPortal { portal in
            let client = try await portal.client(as: .member)

            let put = try await client.send(.put, "/api/v1/vclusters")
            let options = try await client.send(.options, "/api/v1/vclusters/\(VClusterID())")
            let head = try await client.send(.head, "/api/v1/me")

            #expect(put.status == 405 && put.json["code"] == "METHOD_NOT_ALLOWED")
            #expect(put.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
            #expect(options.status == 204 && options.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test func errors_lookAsTheClientWants() async throws {
        try await withPortal { portal in
            let client = try await portal.client()
            let html = "text/html; charset=utf-8"
            let problem = "application/problem+json"
            let cases = [
                ("/api/v1/nothing", "text/html", problem),
                ("/api/v1/nothing", "*/*", problem),
                ("/nothing", "text/html,application/xhtml+xml,*/*;q=0.8", html),
                ("/nothing", "application/json", problem),
                ("/nothing", "application/json;q=0.5,text/html;q=0.9", html),
            ]
            for (path, accept, type) in cases {
                let response = try await client.get(path, headers: ["Accept": accept])

                #expect(response.status == 404, "\(path) \(accept)")
                #expect(response.headers["Content-Type"] == type, "\(path) \(accept)")
            }
        }
    }

    @Test func pages_sendStrangersToTheSignIn() async throws {
        try await withPortal { portal in
            let response = try await portal.client().get("/vclusters?q=a%20b")

            #expect(response.status == 303)
            #expect(response.headers["Location"]?.hasPrefix("/login?next=%2Fvclusters%3Fq") == true)
        }
    }

    @Test func unexpectedErrors_sayNothingOfThemselves() {
        struct Leak: Error, CustomStringConvertible { let description = "SELECT * FROM secrets" }

        let problem = ProblemDetails(Leak(), requestID: "r-1")

        #expect(problem.code == .internal)
        #expect(!problem.json.encodedString().contains("SELECT"))
        #expect(problem.json["requestId"] == "r-1")
    }

    @Test func sameAnswers_overASocket() async throws {
        try await withPortal(.live) { portal in
            let client = try await portal.checked(as: .member)

            let created = try await portal.createVCluster(by: client)
            var last: TestEvent?
            let operation = created["operation"]?["id"]?.string ?? ""
            for try await event in try await client.client.events("/api/v1/operations/\(operation)/events") {
                last = event
            }

            #expect(last?.event == "finished" && last?.data["progress"] == 100)
            #expect(try await client.get("/api/v1/vclusters").json["items"]?[0]?["phase"] == "RUNNING")
            #expect(try await client.client.get("/nowhere").status == 404)
        }
    }

    @Test func hugeBodies_areRefusedOverASocket() async throws {
        var options = TestPortalOptions.live
        // Small enough to be read away, so that the connection stays and the answer cannot be lost to a reset.
        options.limits.bodyBytesMax = 1_000
        try await withPortal(options) { portal in
            let client = try await portal.checked(as: .member)

            let big = try await client.send(
                .post,
                "/api/v1/tokens",
                headers: ["Content-Type": "application/json"],
                body: Array(repeating: 0x20, count: 20_000)
            )

            #expect(big.status == 413)
            #expect(try await client.get("/api/v1/me").status == 200)
        }
    }
}
