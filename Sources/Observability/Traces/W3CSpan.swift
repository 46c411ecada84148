public import Instrumentation
public import Tracing

/// A span that only has a place in its trace: everything that could be recorded about it is dropped.
public struct W3CSpan: Span {
    /// The context of the work inside the span.
    public let context: InstrumentationContext

    /// Not kept.
    public var operationName: String {
        get { "" }
        nonmutating set {}
    }

    /// Not kept.
    public var attributes: SpanAttributes {
        get { [:] }
        nonmutating set {}
    }

    /// False: callers need not prepare what would be dropped.
    public var isRecording: Bool { false }

    /// Not kept.
    public func setStatus(_ status: SpanStatus) {}

    /// Not kept.
    public func addEvent(_ event: SpanEvent) {}

    /// Not kept.
    public func addLink(_ link: SpanLink) {}

    /// Not kept.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {}

    /// Not kept.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {}
}
