/// The bounds of the web layer.
///
/// Every one can be configured; beyond one the caller gets a clear error.
public struct WebLimits: Sendable {
    /// Bytes of a request body; more is answered 413.
    public var bodyBytesMax = 1 << 20

    /// Bytes of a request body where people sign in, who may be anybody; more is answered 413.
    public var credentialsBytesMax = 16 << 10

    /// Field errors in one answer; more are counted, not listed.
    public var fieldErrorsMax = 100

    /// Open SSE streams of one server; more are answered 503 with `Retry-After`.
    public var eventStreamsMax = 2_000

    /// Open SSE streams of one caller; more are answered 429.
    public var eventStreamsPerCallerMax = 40

    /// Seconds of silence on a stream before a heart-beat comment is sent.
    ///
    /// Proxies close at 30 s or more.
    public var eventHeartbeatSeconds = 15

    /// Seconds for which a stream trusts what it knows of its caller; the next event waits for another look.
    ///
    /// A revoked token and a role that was taken stream on for no longer than that, or to the next heart-beat in silence.
    public var eventCallerSeconds = 5

    /// Seconds after which a stream ends and the client resumes, so that streams spread over the servers again.
    public var eventStreamLifetimeSeconds = 900

    /// Seconds the readiness probe waits for the database.
    public var readinessTimeoutSeconds = 2

    /// Characters of a `User-Agent` in the access log.
    public var userAgentLengthMax = 256

    /// The documented defaults.
    public init() {}
}
