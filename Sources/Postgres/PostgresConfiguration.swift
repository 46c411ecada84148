/// How to reach a database, and how much of it to use.
public struct PostgresConfiguration: Sendable {
    /// A libpq URL or `key=value` string; several hosts and `target_session_attrs` are understood.
    ///
    /// Source: PostgreSQL documentation, "Connection Strings".
    public var url: String

    /// Connections open at most, over all loops; at least 1.
    ///
    /// Listeners have connections of their own.
    public var poolSize: Int

    /// How long a caller waits for a connection, a new one being opened or the server being restarted included.
    public var waitTimeout: Duration

    /// How long one address may take to accept a connection.
    public var connectTimeout: Duration

    /// The server's `statement_timeout`; zero switches it off.
    public var statementTimeout: Duration

    /// Shown in `pg_stat_activity`.
    public var applicationName: String

    /// All other bounds.
    public var limits: PostgresLimits

    /// Makes a configuration with defaults for a server process.
    public init(
        url: String,
        poolSize: Int = 10,
        waitTimeout: Duration = .seconds(5),
        connectTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(30),
        applicationName: String = "vcluster-portal",
        limits: PostgresLimits = .standard
    ) {
        self.url = url
        self.poolSize = max(1, poolSize)
        self.waitTimeout = waitTimeout
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.applicationName = applicationName
        self.limits = limits
    }
}
