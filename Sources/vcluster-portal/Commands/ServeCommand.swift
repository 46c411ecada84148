import ArgumentParser
import HTTPServer
import Logging
import Metrics
import Portal
import PortalWeb
import Postgres
import ServiceLifecycle
import UnixSignals

/// `vcluster-portal serve`: requests, operations, the change feed and the watchers, until SIGTERM.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Runs the server.")

    @Flag(help: "Also print the logins of the demo.")
    var demoLogins = false

    func run() async throws {
        try await Runtime.with { runtime in
            try await runtime.requireMigrated()
            let statistics = HTTPServerStatistics()
            let probes = runtime.probes(statistics)
            MetricsSystem.bootstrap(probes.metrics)
            let application = try PortalApplication(
                services: runtime.services,
                configuration: WebConfiguration(
                    root: runtime.configuration.root,
                    publicURL: runtime.configuration.publicURL,
                    accessLog: runtime.configuration.log.access
                ),
                probes: probes,
                logger: Logger(label: "portal.web")
            )
            let tls = try runtime.configuration.tls.map { try TLSContext($0) }
            let endpoint = HTTPListener.Endpoint.tcp(
                host: runtime.configuration.address,
                port: UInt16(runtime.configuration.port)
            )
            var configuration = HTTPServerConfiguration(listeners: [HTTPListener(endpoint, tls: tls)])
            configuration.statistics = statistics
            let server = HTTPServer(
                configuration: configuration,
                group: runtime.group,
                logger: Logger(label: "portal.http"),
                handler: application.handler
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await runtime.serviceGroup(ending: server).run() }
                let port = try await server.waitUntilBound()
                let scheme = tls == nil ? "http" : "https"
                Console.write("Portal ready at \(scheme)://\(runtime.configuration.address):\(port)")
                if demoLogins { DemoLogins.lines.forEach(Console.write) }
                try await tasks.waitForAll()
            }
        }
    }
}

extension Runtime {
    /// All services in the order of their start; they stop in reverse, so that the server drains first and the
    /// database goes last.
    fileprivate func serviceGroup(ending server: HTTPServer) -> ServiceGroup {
        var all: [any Service] = [
            database, services.changes, services.reaper, services.driftWatcher, services.housekeeper,
        ]
        if configuration.workers > 0 { all.append(services.worker) }
        all.append(server)
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: all.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
    }

    /// What `/readyz` and `/metrics` tell of this process.
    fileprivate func probes(_ statistics: HTTPServerStatistics) -> WebProbes {
        WebProbes(
            checks: [
                ReadinessCheck(name: "database") { try await database.ping() },
                ReadinessCheck(name: "migrations") { try await requireMigrated() },
            ],
            metricSources: [
                MetricSource { database.statistics.samples },
                MetricSource { await operationSamples() },
                MetricSource { statistics.samples + logSink.samples },
            ]
        )
    }

    /// A server on a database of another version would fail in the middle of its work; it says so at the start.
    func requireMigrated() async throws {
        let pending = try await migrator.status().filter { $0.state != .applied }
        guard let first = pending.first else { return }
        throw ValidationError(
            "the database lacks \(pending.count) migrations (\(first.number) \(first.name) …): run `migrate up`"
        )
    }
}
