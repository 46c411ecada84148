import HTTPCore
import Instrumentation
import JSON
import Logging
import Testing
import Tracing

@testable import Observability

/// The tracer that carries W3C Trace Context through tasks and into other systems' fields.
struct TracerTests {
    private struct Fields: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func extractAndInject_areInverse() {
        let tracer = W3CTracer()
        var context = InstrumentationContext.topLevel
        var carrier: [String: String] = [:]

        tracer.extract(["traceparent": Self.parent, "tracestate": "a=1"], into: &context, using: Fields())
        tracer.inject(context, into: &carrier, using: Fields())

        #expect(carrier == ["traceparent": Self.parent, "tracestate": "a=1"])
    }

    @Test func extract_leavesTheContextAloneWithoutAValidField() {
        let tracer = W3CTracer()
        var context = InstrumentationContext.topLevel
        var carrier: [String: String] = [:]

        tracer.extract(["traceparent": "nonsense", "tracestate": "a=1"], into: &context, using: Fields())
        tracer.inject(context, into: &carrier, using: Fields())

        #expect(context.trace == nil)
        #expect(carrier.isEmpty)
    }

    @Test func span_isAChildInTheSameTrace() throws {
        let tracer = W3CTracer()
        var context = InstrumentationContext.topLevel
        context.trace = TraceContext(parsing: Self.parent)

        let inner = tracer.withSpan("work", context: context) { _ in InstrumentationContext.current?.trace }

        let child = try #require(inner)
        #expect(child.traceID == context.trace?.traceID)
        #expect(child.spanID != context.trace?.spanID)
        #expect(child.isSampled)
    }

    @Test func span_withoutATraceHasNone() {
        let trace = W3CTracer().withSpan("work", context: .topLevel) { _ in InstrumentationContext.current?.trace }

        #expect(trace == nil)
    }

    @Test func newTraces_neverMeet() {
        let traces = (0..<10_000).map { _ in TraceIDs.newTrace() }

        #expect(Set(traces.map(\.traceID)).count == traces.count)
        #expect(Set(traces.map(\.spanID)).count == traces.count)
        #expect(traces.allSatisfy { $0.flags == .random })
    }

    @Test func logLines_haveTheTraceOfTheirTask() async throws {
        let pipe = TestPipe()
        let logger = pipe.logger(provider: .work)
        var context = InstrumentationContext.topLevel
        context.trace = TraceContext(parsing: Self.parent)
        context.requestID = "r-1"

        await InstrumentationContext.withValue(context) {
            await Task { logger.info("inside") }.value
        }
        logger.info("outside")

        let lines = try pipe.documents()
        #expect(lines[0]["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(lines[0]["spanId"] == "00f067aa0ba902b7")
        #expect(lines[0]["requestId"] == "r-1")
        #expect(lines[1]["traceId"] == nil && lines[1]["requestId"] == nil)
    }
}
