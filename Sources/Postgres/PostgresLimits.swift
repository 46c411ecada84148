/// The bounds of this module.
///
/// Beyond each of them the caller gets a clear error and the pool stays well.
public struct PostgresLimits: Sendable, Hashable {
    /// Callers that may wait for a connection at a time; one more gets `.poolExhausted` at once.
    public var poolWaitersMax = 4096

    /// Prepared statements kept per connection; the least recently used one is deallocated.
    public var statementsCachedMax = 256

    /// Rows of one answer that is not streamed.
    public var resultRowsMax = 100_000

    /// Statements of one `pipeline` call.
    public var pipelineStatementsMax = 1000

    /// Parameters of one statement; the protocol's own bound (an unsigned 16-bit count).
    public var parametersMax = 65_535

    /// Runs of a transaction's body, the first included, when the server asks for a retry.
    public var transactionAttemptsMax = 6

    /// Sends of a statement outside a transaction, the first included, over lost connections.
    public var statementAttemptsMax = 4

    /// First pause between attempts; doubles each time, up to `backoffMax`, and is jittered by half.
    public var backoffMin = Duration.milliseconds(10)

    /// Longest pause between attempts.
    public var backoffMax = Duration.seconds(1)

    /// How much longer than the statement timeout a silent server is waited for before the connection is given up.
    public var answerGrace = Duration.seconds(5)

    /// How long a transaction may sit between two statements before the server ends it.
    public var idleInTransactionMax = Duration.seconds(60)

    /// How long a connection may be unused before `PostgresDatabase.run()` closes it.
    public var idleConnectionMax = Duration.seconds(300)

    /// How long `close()` waits for connections that are in use.
    public var closeWaitMax = Duration.seconds(10)

    /// Notifications buffered for one slow reader; beyond it the oldest go and the reader is told to catch up.
    public var notificationsBufferedMax = 1024

    /// Silence after which a listening connection is probed.
    public var listenProbeInterval = Duration.seconds(15)

    /// Channels of one listener.
    public var listenChannelsMax = 64

    /// Cancel requests under way at a time; beyond it the connection is only closed.
    public var cancelRequestsMax = 32

    /// Addresses tried in one attempt to connect, over all hosts of the URL.
    public var addressesMax = 16

    /// Migration files of one directory.
    public var migrationsMax = 9999

    /// Bytes of one migration file.
    public var migrationBytesMax = 4 * 1024 * 1024

    /// How long a migrator waits for another one to finish.
    public var migrationLockWaitMax = Duration.seconds(120)

    /// The bounds used unless the configuration has others.
    public static let standard = PostgresLimits()

    /// Starts with the standard bounds.
    public init() {}

    /// The pause after failed attempt `attempt` (from 1): exponential, jittered to between half and the whole of it,
    /// so that callers that failed together do not come back together.
    func backoff(afterAttempt attempt: Int) -> Duration {
        let exponential = backoffMin * (1 << min(max(attempt - 1, 0), 20))
        return min(exponential, backoffMax) * Double.random(in: 0.5...1)
    }
}
