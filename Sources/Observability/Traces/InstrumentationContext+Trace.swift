public import HTTPCore
public import Instrumentation
public import Logging

private enum TraceContextKey: InstrumentationContextKey {
    typealias Value = TraceContext

    static var nameOverride: String? { "traceContext" }
}

private enum RequestIDKey: InstrumentationContextKey {
    typealias Value = String

    static var nameOverride: String? { "requestId" }
}

extension InstrumentationContext {
    /// The trace that the task works for; `nil` when nobody is known to wait for its work.
    public var trace: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }

    /// The id of the request that the task works for.
    public var requestID: String? {
        get { self[RequestIDKey.self] }
        set { self[RequestIDKey.self] = newValue }
    }
}

extension Logger.MetadataProvider {
    /// `requestId`, `traceId` and `spanId` of what the task works for, as far as there are any.
    public static let work = Logger.MetadataProvider {
        guard let context = InstrumentationContext.current else { return [:] }
        var metadata: Logger.Metadata = [:]
        metadata["requestId"] = context.requestID.map { "\($0)" }
        if let trace = context.trace {
            metadata["traceId"] = "\(trace.traceID)"
            metadata["spanId"] = "\(trace.spanText)"
        }
        return metadata
    }
}
