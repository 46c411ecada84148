import FoundationEssentials
import JSON
import Logging
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The engine over a leased database, with a scripted host and people; workers run only when a test starts them.
struct Engine: Sendable {
    let database: PostgresDatabase
    let url: String
    let services: PortalServices
    let driver: ScriptedDriver
    let time: ManualTime
    let acme: TestOrganization
    let hostID: HostID
    let limits: PortalLimits

    /// Limits under which retries and polls take milliseconds of real time.
    static var limits: PortalLimits {
        var limits = PortalLimits.testing
        limits.operations.pollInterval = .milliseconds(50)
        limits.operations.observeMin = .milliseconds(5)
        limits.operations.observeMax = .milliseconds(20)
        limits.operations.heartbeat = .milliseconds(200)
        limits.operations.drain = .milliseconds(100)
        limits.operations.patience = [:]
        limits.changes.settleInterval = .milliseconds(5)
        limits.changes.pollInterval = .milliseconds(200)
        return limits
    }

    /// Runs a test with an engine of its own.
    ///
    /// - Parameters:
    ///   - limits: The limits of all services.
    ///   - workers: How many workers run beside the body; the change feed always does.
    ///   - body: The test.
    /// - Throws: What the body throws.
    static func with(
        limits: PortalLimits = Engine.limits,
        workers: Int = 1,
        _ body: @escaping @Sendable (Engine) async throws -> Void
    ) async throws {
        try await TestDatabase.withLease(configure: { $0.poolSize = 8 }) { leased in
            let time = ManualTime()
            let driver = ScriptedDriver()
            let acme = try await TestOrganization.make(in: leased.database, time: time)
            let host = try await makeHost(in: leased.database, driver: driver, time: time, limits: limits)
            let engine = Engine(
                database: leased.database,
                url: leased.url,
                services: try services(leased.database, driver: driver, time: time, limits: limits, name: "worker-1"),
                driver: driver,
                time: time,
                acme: acme,
                hostID: host,
                limits: limits
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.services.changes.run() }
                for index in 0..<workers {
                    let worker = index == 0 ? engine.services.worker : try engine.another("worker-\(index + 1)").worker
                    group.addTask { try await worker.run() }
                }
                defer { group.cancelAll() }
                try await body(engine)
            }
        }
    }

    /// Services of another process on the same database.
    func another(_ name: String) throws -> PortalServices {
        try Self.services(database, driver: driver, time: time, limits: limits, name: name)
    }

    static func services(
        _ database: PostgresDatabase,
        driver: ScriptedDriver,
        time: ManualTime,
        limits: PortalLimits,
        name: String
    ) throws -> PortalServices {
        PortalServices(
            database: database,
            time: time,
            secretBox: try SecretBox(ring: KeyRing(parsing: KeyRing.newEntry(id: "test"))),
            drivers: driver,
            limits: limits,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            workerName: name
        )
    }

    // MARK: - Shorthands

    var vclusters: VClusterService { services.vclusters }
    var operations: OperationService { services.operations }

    /// Asks for a vcluster as the member of Payments.
    func create(
        _ name: String = "web",
        spec: JSONValue = [:],
        labels: [String: String] = [:]
    ) async throws -> VClusterChange {
        try await vclusters.create(
            NewVCluster(tenantID: acme.payments.id, name: name, spec: spec, labels: labels),
            as: acme.member
        )
    }

    /// Makes a vcluster and waits until it runs.
    func running(_ name: String = "web", spec: JSONValue = [:]) async throws -> VCluster {
        let change = try await create(name, spec: spec)
        return try await reach(.running, change.vcluster.id)
    }

    /// Waits until an operation has ended.
    @discardableResult
    func ended(_ id: OperationID) async throws -> Operation {
        try await waiting("operation \(id) has ended") {
            let operation = try await operations.get(id, as: .system("test"))
            return operation.state.isFinal ? operation : nil
        }
    }

    /// Waits until a vcluster is in a phase and at rest.
    @discardableResult
    func reach(_ phase: VClusterPhase, _ id: VClusterID) async throws -> VCluster {
        try await waiting("vcluster \(id) is \(phase.rawValue)") {
            let vcluster = try await vclusters.get(id, as: .system("test"))
            return vcluster.phase == phase && vcluster.activeOperationID == nil ? vcluster : nil
        }
    }

    /// Waits until something is so, looking after every change.
    @discardableResult
    func waiting<Result: Sendable>(
        _ what: String,
        _ look: @escaping @Sendable () async throws -> Result?
    ) async throws -> Result {
        let changes = try await services.changes.subscribe(as: .system("test"))
        return try await within(.seconds(30), what) {
            if let result = try await look() { return result }
            for await _ in changes {
                if let result = try await look() { return result }
            }
            throw TimedOut(what: what)
        }
    }

    static func makeHost(
        in database: PostgresDatabase,
        driver: ScriptedDriver,
        time: ManualTime,
        limits: PortalLimits,
        name: String = "alpha"
    ) async throws -> HostID {
        let hosts = HostService(
            database: database,
            time: time,
            secretBox: try SecretBox(ring: KeyRing(parsing: KeyRing.newEntry(id: "test"))),
            drivers: driver,
            limits: limits
        )
        return try await hosts.create(NewHost(name: name, driver: .simulated), as: .system("test")).id
    }
}

/// What did not happen in time.
struct TimedOut: Error {
    let what: String
}

/// Runs a body that has to end in time.
func within<Result: Sendable>(
    _ limit: Duration,
    _ what: String,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    do {
        return try await withTimeout(limit, body)
    } catch let error as HostError where error.reason == .timeout {
        throw TimedOut(what: what)
    }
}
