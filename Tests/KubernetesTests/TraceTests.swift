import HTTPCore
import Instrumentation
import JSON
import Observability
import Testing
import Tracing

@testable import Kubernetes

/// Calls to host clusters belong to the trace of the work that makes them.
struct TraceTests {
    private let pod = ResourcePath(kind: .pod, namespace: "n", name: "a")
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test
    func calls_areChildrenOfTheTaskTrace() async throws {
        try await FakeAPIServer.with { _, number in
            number == 0 ? .reply(503, status(503, "")) : .json(["metadata": ["name": "a"]])
        } _: { server in
            try await withTracer(W3CTracer()) {
                try await server.withClient { client in
                    var context = InstrumentationContext.topLevel
                    context.trace = TraceContext(parsing: Self.parent, tracestate: "a=1")
                    try await InstrumentationContext.withValue(context) { _ = try await client.get(pod) }
                }
            }

            let sent = server.requests.map { TraceContext(parsing: $0.header("traceparent") ?? "") }
            #expect(sent.count == 2)
            #expect(Set(sent.map { $0?.traceID.description }) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
            // Each attempt is a piece of work of its own.
            #expect(Set(sent.map { $0?.spanID }).count == 2)
            #expect(sent.allSatisfy { $0?.isSampled == true && $0?.spanText != "00f067aa0ba902b7" })
            #expect(server.requests.allSatisfy { $0.header("tracestate") == "a=1" })
        }
    }

    @Test
    func calls_thatNobodyWaitsForHaveNoTrace() async throws {
        try await FakeAPIServer.with { _, _ in
            .json(["metadata": ["name": "a"]])
        } _: { server in
            try await withTracer(W3CTracer()) {
                try await server.withClient { _ = try await $0.get(pod) }
            }

            #expect(server.requests.map { $0.header("traceparent") } == [nil])
        }
    }
}
