import HTTPCore
public import Instrumentation
public import Tracing

/// Carries W3C Trace Context through the process and out of it; bootstrapped as the tracer of swift-distributed-tracing,
/// which is where the HTTP client and the operations engine look for one.
///
/// It records nothing: the log lines with their trace ids are what is left of a trace here. A span is therefore only an id
/// of its own, and work that belongs to no trace gets none.
public struct W3CTracer: Tracer {
    /// A tracer.
    public init() {}

    /// A piece of work: a new span id in the trace of the context.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> W3CSpan {
        var context = context()
        context.trace = context.trace.map(TraceIDs.child)
        return W3CSpan(context: context)
    }

    /// Nothing is kept, so nothing has to be flushed.
    public func forceFlush() {}

    /// Writes `traceparent` and `tracestate` of the context's trace.
    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
        if !trace.state.isEmpty { injector.inject(trace.state, forKey: "tracestate", into: &carrier) }
    }

    /// Reads what `inject` wrote; leaves the context alone when there is nothing valid.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let traceparent = extractor.extract(key: "traceparent", from: carrier) else { return }
        let state = extractor.extract(key: "tracestate", from: carrier)
        if let trace = TraceContext(parsing: traceparent, tracestate: state) { context.trace = trace }
    }
}
