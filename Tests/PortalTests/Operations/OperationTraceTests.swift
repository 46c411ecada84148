import HTTPCore
import Instrumentation
import Observability
import Portal
import PortalTesting
import Postgres
import Testing
import Tracing

/// An operation belongs to the trace of the request that asked for it, whoever carries it out.
struct OperationTraceTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func worker_continuesTheTraceOfTheRequest() async throws {
        try await withTracer(W3CTracer()) {
            try await Engine.with { engine in
                var context = InstrumentationContext.topLevel
                context.trace = TraceContext(parsing: Self.parent)
                let change = try await InstrumentationContext.withValue(context) { try await engine.create() }

                try await engine.ended(change.operation.id)

                #expect(try await Self.stored(change.operation.id, engine) == Self.parent)
                let traces = engine.driver.traces
                #expect(!traces.isEmpty)
                for trace in traces {
                    #expect(trace?.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
                    #expect(trace?.spanText != "00f067aa0ba902b7", "the operation is a piece of work of its own")
                    #expect(trace?.isSampled == true)
                }
                #expect(Set(traces.map { $0?.spanID }).count == 1)
            }
        }
    }

    @Test func operation_withoutATraceHasNone() async throws {
        try await withTracer(W3CTracer()) {
            try await Engine.with { engine in
                let change = try await engine.create()

                try await engine.ended(change.operation.id)

                #expect(try await Self.stored(change.operation.id, engine) == nil)
                #expect(engine.driver.traces.allSatisfy { $0 == nil })
            }
        }
    }

    @Test func request_worksWithoutATracer() async throws {
        try await Engine.with(workers: 0) { engine in
            var context = InstrumentationContext.topLevel
            context.trace = TraceContext(parsing: Self.parent)

            let change = try await InstrumentationContext.withValue(context) { try await engine.create() }

            #expect(try await Self.stored(change.operation.id, engine) == nil)
        }
    }

    @Test(arguments: ["00-short", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", ""])
    func table_takesNothingElse(traceparent: String) async throws {
        try await Engine.with(workers: 0) { engine in
            let change = try await engine.create()

            await #expect {
                try await engine.database.execute(
                    "UPDATE operations SET traceparent = \(traceparent) WHERE id = \(change.operation.id)"
                )
            } throws: { error in
                "\(String(reflecting: error))".contains("operations_traceparent_is_valid")
            }
        }
    }

    private static func stored(_ id: OperationID, _ engine: Engine) async throws -> String? {
        try await engine.database.query("SELECT traceparent FROM operations WHERE id = \(id)").first?
            .decode("traceparent")
    }
}
