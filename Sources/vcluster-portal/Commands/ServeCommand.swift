import ArgumentParser
import EventLoop
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
            try await runtime.requireRowSecurity()
            for line in try await runtime.services.providers.missing() { runtime.logger.warning("\(line)") }
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
            let inherited = InheritedSockets.ofThisProcess
            var configuration = try runtime.configuration.http.serverConfiguration(inherited)
            configuration.statistics = statistics
            let server = HTTPServer(
                configuration: configuration,
                group: runtime.group,
                logger: Logger(label: "portal.http"),
                handler: application.handler
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                let restart = await runtime.restart(of: server, inherited)
                tasks.addTask { try await runtime.serviceGroup(ending: server, restart).run() }
                for (position, address) in try await server.boundAddresses().enumerated() {
                    let scheme = configuration.listeners[position].tls == nil ? "http://" : "https://"
                    let place = address.isUnix ? address.description : scheme + address.description
                    Console.write(position == 0 ? "Portal ready at \(place)" : "Portal listens at \(place) as well")
                }
                if demoLogins { DemoLogins.lines.forEach(Console.write) }
                try await tasks.waitForAll()
            }
        }
    }
}

extension Runtime {
    /// All services in the order of their start; they stop in reverse, so that the server drains first and the
    /// database goes last.
    fileprivate func serviceGroup(ending server: HTTPServer, _ restart: any Service) -> ServiceGroup {
        var all: [any Service] = [
            database, services.changes, services.reaper, services.driftWatcher, services.keepers.hosts,
            services.keepers.sweeper, services.keepers.requests, services.keepers.reconciler,
            services.keepers.preemptor,
            services.housekeeper,
        ]
        if configuration.workers > 0 { all.append(services.worker) }
        all.append(server)
        // A restart that has succeeded is the order to stop.
        let last = ServiceGroupConfiguration.ServiceConfiguration(
            service: restart,
            successTerminationBehavior: .gracefullyShutdownGroup
        )
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: all.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) } + [last],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
    }

    /// Replaces the process when it gets SIGUSR2 (docs/operations.md, "Restart without a gap").
    fileprivate func restart(of server: HTTPServer, _ inherited: InheritedSockets) async -> any Service {
        HTTPServerRestart(
            of: server,
            inherited: inherited,
            on: await UnixSignalsSequence(trapping: .sigusr2),
            loop: group.loops[0],
            logger: Logger(label: "portal.restart")
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
                MetricSource { await requestSamples() },
                MetricSource { services.keepers.reconciler.statistics.samples },
                MetricSource { await hostSamples() },
                MetricSource { statistics.samples + logSink.samples },
            ]
        )
    }

    /// Refuses to work where PostgreSQL would show the server the rows of all tenants.
    func requireRowSecurity() async throws {
        guard let problem = try await PortalDatabase(database).rowSecurity().problem else { return }
        guard configuration.databaseAllowsSuperuser else { throw ValidationError(problem) }
        logger.warning("\(problem)")
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
