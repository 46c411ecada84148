/// Reads values at the moment of a scrape.
public typealias MetricSource = @Sendable () async -> [PrometheusSample]

/// What the outside may learn about the state of the process.
public struct WebProbes: Sendable {
    /// What `/metrics` shows; the registry that `MetricsSystem` was bootstrapped with.
    public var metrics: PrometheusRegistry

    /// Further values of `/metrics`, such as those of the pool and the operations.
    public var metricSources: [MetricSource]

    /// What `/readyz` asks, in this order.
    public var checks: [Readiness.Check]

    /// Probes; without checks the server is always ready.
    public init(
        metrics: PrometheusRegistry = PrometheusRegistry(),
        metricSources: [MetricSource] = [],
        checks: [Readiness.Check] = []
    ) {
        self.metrics = metrics
        self.metricSources = metricSources
        self.checks = checks
    }
}
