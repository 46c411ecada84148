/// What the outside may learn about the state of the process.
public struct WebProbes: Sendable {
    /// What `/metrics` shows; bootstrap `MetricsSystem` with it, so that the metrics of all libraries are there.
    public var metrics: PrometheusRegistry

    /// What `/readyz` asks, in this order.
    public var checks: [ReadinessCheck]

    /// Further values of `/metrics`, such as those of the pool and the operations.
    public var metricSources: [MetricSource]

    /// Probes; without checks the server is always ready.
    public init(
        metrics: PrometheusRegistry = PrometheusRegistry(),
        checks: [ReadinessCheck] = [],
        metricSources: [MetricSource] = []
    ) {
        self.metrics = metrics
        self.checks = checks
        self.metricSources = metricSources
    }
}

/// Reads values at the moment of a scrape.
public struct MetricSource: Sendable {
    let read: @Sendable () async -> [PrometheusSample]

    /// A source; what cannot be read is left out.
    public init(_ read: @escaping @Sendable () async -> [PrometheusSample]) {
        self.read = read
    }
}

/// One thing that has to work before the server can.
public struct ReadinessCheck: Sendable {
    let name: String
    let run: @Sendable () async throws -> Void

    /// A check.
    ///
    /// - Parameters:
    ///   - name: A word for the answer: `database`, `migrations`.
    ///   - run: Throws when it does not work; the error goes to the log only.
    public init(name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}
