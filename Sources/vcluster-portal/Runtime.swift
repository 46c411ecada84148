import EventLoop
import Foundation
import Glibc
import Logging
import Observability
import Portal
import PortalHosts
import PortalOIDC
import Postgres
import Tracing

/// What every command is made of: the loops, the database and the services over it.
struct Runtime: Sendable {
    let configuration: PortalConfiguration
    let group: EventLoopGroup
    let database: PostgresDatabase
    let services: PortalServices
    let drivers: PortalHostDrivers
    let providers: [OpenIDProvider]
    let logger: Logger
    let logSink: LogSink

    /// Wires the product together from the environment.
    ///
    /// - Throws: ``PortalConfiguration/Problem``, or an error of the key ring, for a person at a terminal.
    static func make() throws -> Runtime {
        let configuration = try PortalConfiguration.load()
        let logSink = LogSink(descriptor: STDERR_FILENO)
        logSink.bootstrapLogging(configuration.log.format, level: configuration.log.level)
        // Before the first HTTP client is made: it takes the tracer that is there then.
        InstrumentationSystem.bootstrap(W3CTracer())
        let logger = Logger(label: "portal")
        let group = try configuration.loops.map { try EventLoopGroup(loops: $0) } ?? EventLoopGroup()
        let database = try PostgresDatabase(
            configuration: PostgresConfiguration(
                url: configuration.databaseURL,
                poolSize: configuration.databasePoolSize
            ),
            group: group,
            logger: Logger(label: "portal.database")
        )
        var limits = PortalLimits()
        limits.vclusters.gracePeriodDefault = configuration.deleteGrace
        limits.operations.lease = configuration.lease
        limits.quotas.reconcileInterval = configuration.quotaReconcile
        limits.snapshots.sizeEstimateBytes = configuration.snapshotEstimateBytes
        // Three heartbeats a lease: one may be lost without losing the lease.
        limits.operations.heartbeat = configuration.lease / 3
        limits.operations.lanes = configuration.workers
        limits.identity.lockOutAfter = configuration.signIn.lockOutAfter
        let schema = try ChartSchema.load(path: configuration.root + "/Resources/vcluster/values.schema.json")
        let time = SystemTimeSource()
        let drivers = PortalHostDrivers(
            schema: schema,
            simulated: SimulatedHosts(
                store: SimulatedReleaseStore(database: database, time: time),
                time: time,
                schema: schema
            ),
            helm: configuration.helm,
            logger: Logger(label: "portal.hosts")
        )
        let providers = configuration.providers.map { OpenIDProvider($0, time: time) }
        let services = try PortalServices(
            database: database,
            time: time,
            secretBox: SecretBox(ring: KeyRing(parsing: configuration.encryptionKeys)),
            drivers: drivers,
            limits: limits,
            passwordPolicy: configuration.signIn.passwordPolicy(root: configuration.root),
            providers: providers,
            logger: logger
        )
        return Runtime(
            configuration: configuration,
            group: group,
            database: database,
            services: services,
            drivers: drivers,
            providers: providers,
            logger: logger,
            logSink: logSink
        )
    }

    var migrator: Migrator {
        Migrator(
            directory: configuration.root + "/migrations",
            database: database,
            setting: PortalDatabase.migrationSetting,
            logger: logger
        )
    }

    /// Runs `body`, then gives back connections and threads, so that the process can end.
    static func with(_ body: (Runtime) async throws -> Void) async throws {
        let runtime = try make()
        do {
            try await body(runtime)
        } catch {
            await runtime.close()
            throw error
        }
        await runtime.close()
    }

    private func close() async {
        await drivers.close()
        for provider in providers { await provider.close() }
        await database.close()
        await group.shutdown()
    }
}
