public import HTTPCore
import HTTPServer
import Instrumentation
import Observability

/// The place of a request in a distributed trace (W3C Trace Context).
public struct RequestTrace: Sendable, Hashable {
    /// The work of this server: its own span id, in the client's trace or in a new one.
    public let context: TraceContext
    /// Whether the trace is the client's.
    public let hasParent: Bool

    /// Whether the client traces the request and wants it to be recorded.
    public var isRequested: Bool { hasParent && context.isSampled }

    /// Continues the trace of `traceparent`, or begins one when there is none that is valid.
    public init(_ headers: HTTPHeaders) {
        let parent = headers.joined("traceparent").flatMap { parent in
            TraceContext(parsing: parent, tracestate: headers.joined("tracestate"))
        }
        hasParent = parent != nil
        context = parent.map(TraceIDs.child) ?? TraceIDs.newTrace()
    }
}

extension RequestContext {
    /// What code that works for this request may know of it, by way of the task.
    var instrumentation: InstrumentationContext {
        var context = InstrumentationContext.current ?? .topLevel
        context.trace = trace.context
        context.requestID = request.id
        return context
    }
}

extension HTTPResponseBody {
    /// The same content, written as a part of the request's trace: a stream is written by a task of the server.
    func carrying(_ context: InstrumentationContext) -> HTTPResponseBody {
        switch self {
        case .empty, .bytes, .file, .parts:
            return self
        case .stream(let body):
            return .stream { writer in
                try await InstrumentationContext.withValue(context) { try await body(writer) }
            }
        case .events(var stream):
            let body = stream.body
            stream.body = { writer in
                try await InstrumentationContext.withValue(context) { try await body(writer) }
            }
            return .events(stream)
        }
    }
}
