import HTTPCore
import HTTPServer
import Instrumentation
import JSON
import Logging
import Observability
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Request id and trace context, in and out.
struct TraceAPITests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00-\(trace)-00f067aa0ba902b7-01"

    @Test(arguments: ["/healthz", "/api/v1/me", "/api/v1/nothing", "/nothing", "/login", "/static/js/explorer.js"])
    func answers_continueTheTraceOfTheRequest(target: String) async throws {
        try await withPortal { portal in
            let client = try await portal.client(as: nil)

            let first = try await client.get(target, headers: ["traceparent": Self.parent, "X-Request-Id": "r-1"])
            let second = try await client.get(target, headers: ["traceparent": Self.parent])

            let answered = [first, second].map { TraceContext(parsing: $0.headers["traceparent"] ?? "") }
            #expect(answered.allSatisfy { $0?.traceID.description == Self.trace && $0?.isSampled == true })
            #expect(Set(answered.map { $0?.spanText } + ["00f067aa0ba902b7"]).count == 3, "each has a span of its own")
            #expect(first.headers.values(for: "X-Request-Id") == ["r-1"])
            #expect(second.headers.values(for: "X-Request-Id").count == 1)
        }
    }

    @Test(
        arguments: [
            [:],
            ["traceparent": "00-\(trace)-00f067aa0ba902b7-1"],
            ["traceparent": "ff-\(trace)-00f067aa0ba902b7-01"],
            ["traceparent": parent, "Traceparent": parent],
            ["tracestate": "a=1"],
        ] as [HTTPHeaders]
    )
    func answers_beginATraceWithoutAValidOne(headers: HTTPHeaders) async throws {
        try await withPortal { portal in
            let response = await portal.application.respond(to: try .make(.get, "/healthz", headers: headers))

            let trace = try #require(TraceContext(parsing: response.headers["traceparent"] ?? ""))
            #expect(trace.traceID.description != Self.trace)
            #expect(trace.flags == .random)
        }
    }

    @Test func problems_haveTheRequestID() async throws {
        try await withPortal { portal in
            let client = try await portal.client(as: nil)

            let problem = try await client.get("/api/v1/me", headers: ["X-Request-Id": "r-1"])
            let strange = try await client.get("/api/v1/me", headers: ["X-Request-Id": "a b\u{1F}"])

            #expect(problem.json["requestId"] == "r-1")
            #expect(problem.headers["X-Request-Id"] == "r-1")
            let id = try #require(strange.json["requestId"]?.string)
            #expect(strange.headers["X-Request-Id"] == id)
            #expect(!id.contains(" "))
        }
    }

    @Test func streams_haveTheRequestIDAndTheTrace() async throws {
        try await withPortal { portal in
            var headers = try await portal.client(as: .member).headers
            headers.set("traceparent", Self.parent)
            headers.set("X-Request-Id", "stream-1")

            let response = await portal.application.respond(
                to: try .make(.get, "/api/v1/vclusters:watch", headers: headers)
            )

            #expect(response.headers["Content-Type"] == "text/event-stream")
            #expect(response.headers["X-Request-Id"] == "stream-1")
            #expect(TraceContext(parsing: response.headers["traceparent"] ?? "")?.traceID.description == Self.trace)
        }
    }

    @Test(arguments: [true, false])
    func streamedContent_isWrittenAsAPartOfTheTrace(isEvents: Bool) async throws {
        var context = InstrumentationContext.topLevel
        context.trace = TraceContext(parsing: Self.parent)
        let body: HTTPResponseBody =
            isEvents
            ? .events(EventStream { try await $0.send(ServerSentEvent(data: Self.currentTrace)) })
            : .stream { try await $0.write(Self.currentTrace) }

        let content = try await Task.detached { try await body.carrying(context).collect() }.value

        #expect(String(decoding: content, as: UTF8.self).contains(Self.trace))
    }

    private static var currentTrace: String { InstrumentationContext.current?.trace?.traceparent ?? "none" }
}
