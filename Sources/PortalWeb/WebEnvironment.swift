public import HTTPServer
public import Logging
public import Portal

/// What every handler shares; built once at boot.
public struct WebEnvironment: Sendable {
    /// The domain.
    public let services: PortalServices

    /// Renders pages and error pages.
    public let pages: PageRenderer

    /// The files under `public/`, and their fingerprinted URLs.
    public let staticFiles: StaticFiles

    /// Where the files are and how people reach the portal.
    public let configuration: WebConfiguration

    /// Errors and the access log.
    public let logger: Logger

    /// What `/metrics` shows.
    let metrics: PrometheusRegistry
    /// Values read at the moment of a scrape.
    let metricSources: [MetricSource]
    /// Counts answers and their times.
    let requestMetrics: RequestMetrics
    /// Counts open event streams.
    let eventStreams = EventStreamGate()
    /// What `/readyz` asks.
    let readiness: Readiness

    /// The bounds of the web layer.
    public var limits: WebLimits { configuration.limits }

    /// Whether people reach the portal by HTTPS, so that cookies are `Secure`.
    public var isSecure: Bool { configuration.isSecure }

    /// Reads everything under the root.
    init(
        services: PortalServices,
        configuration: WebConfiguration,
        probes: WebProbes,
        logger: Logger
    ) throws {
        let files = try StaticFiles(root: configuration.root + "/public")
        staticFiles = files
        pages = try PageRenderer(root: configuration.root) { files.url(for: $0) }
        self.services = services
        self.configuration = configuration
        self.logger = logger
        metrics = probes.metrics
        metricSources = probes.metricSources
        requestMetrics = RequestMetrics(factory: probes.metrics)
        readiness = Readiness(
            checks: probes.checks,
            timeout: .seconds(configuration.limits.readinessTimeoutSeconds),
            logger: logger
        )
    }
}
