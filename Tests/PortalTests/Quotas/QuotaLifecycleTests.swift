import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// What the life of a vcluster does to the quotas of its tenant, through the services and workers.
struct QuotaLifecycleTests {
    private static let spec: JSONValue = [
        "quota": ["cpu": "2", "memory": "4Gi", "storage": "10Gi", "gpus": 1, "pods": 20]
    ]
    private static let running = VClusterDemand(specOf(spec), isRunning: true).amounts
    private static let paused = running.keptBySuspension

    @Test func create_takesEnvelopeAndControlPlane() async throws {
        try await Engine.with(workers: 0) { engine in
            _ = try await engine.create(spec: Self.spec)

            let used = try await engine.used(engine.acme.root.id)
            #expect(used[.vclusters] == 1)
            #expect(used[.cpu] == 2200)
            #expect(used[.memory] == (4 << 30) + (256 << 20))
            #expect(used[.storage] == (10 << 30) + (5 << 30))
            #expect(used[.gpus] == 1)
            #expect(used[.pods] == 20)
            #expect(try await engine.used(engine.acme.payments.id) == used)
            #expect(try await engine.used(engine.acme.platform.id) == .zero)
        }
    }

    @Test func suspend_givesBackOnceItHasSucceeded() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            #expect(try await engine.used() == Self.running)

            try await engine.vclusters.suspend(id, as: engine.acme.member)
            try await engine.reach(.suspended, id)
            #expect(try await engine.used() == Self.paused)

            try await engine.vclusters.resume(id, as: engine.acme.member)
            #expect(try await engine.used() == Self.running)
            try await engine.reach(.running, id)
            #expect(try await engine.used() == Self.running)
        }
    }

    @Test func resume_hasToBeAdmittedAgain() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            try await engine.vclusters.suspend(id, as: engine.acme.member)
            try await engine.reach(.suspended, id)
            try await engine.limit(engine.acme.engineering.id, [.cpu: 2199])

            let refusal = try await engine.refusal { try await engine.vclusters.resume(id, as: engine.acme.member) }

            #expect(refusal?.code == .quotaExceeded)
            #expect(refusal?.extensions["level"]?["tenantName"] == "Engineering")
            #expect(refusal?.extensions["dimension"] == "cpu")
            #expect(refusal?.extensions["missing"] == "1m")
            #expect(try await engine.vclusters.get(id, as: engine.acme.member).phase == .suspended)
            #expect(try await engine.used() == Self.paused)
        }
    }

    @Test func delete_keepsThePlaceAndTheVolumesUntilThePurge() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)
            #expect(try await engine.used() == Self.paused)

            try await engine.vclusters.undelete(id, as: engine.acme.member)
            #expect(try await engine.used() == Self.running)
            try await engine.reach(.running, id)

            let purge = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            #expect(try await engine.used() == Self.running)
            try await engine.ended(purge.operation.id)
            #expect(try await engine.used() == .zero)
        }
    }

    @Test func scale_countsTheLargerWhileItIsOnItsWay() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            let gate = engine.driver.hold("install")

            try await engine.vclusters.scale(id, to: ["quota": ["cpu": "1", "memory": "8Gi"]], as: engine.acme.member)
            await gate.arrived()

            let used = try await engine.used()
            #expect(used[.cpu] == 2200)
            #expect(used[.memory] == (8 << 30) + (256 << 20))
            gate.open()
            try await engine.reach(.running, id)
            #expect(try await engine.used()[.cpu] == 1200)
        }
    }

    @Test func failure_keepsWhatTheHostMayHave() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            engine.driver.failAlways("install", with: HostError(.valuesRejected, "no"))

            try await engine.vclusters.scale(id, to: ["quota": ["cpu": "3", "gpus": 0]], as: engine.acme.member)
            try await engine.reach(.error, id)
            #expect(try await engine.used()[.cpu] == 3200)
            #expect(try await engine.used()[.gpus] == 1)

            engine.driver.failAlways("install", with: nil)
            try await engine.vclusters.scale(id, to: ["quota": ["cpu": "1"]], as: engine.acme.member)
            try await engine.reach(.running, id)
            #expect(try await engine.used()[.cpu] == 1200)
            #expect(try await engine.used()[.gpus] == 0)
        }
    }

    @Test func cancel_beforeTheBeginGivesBackExactly() async throws {
        try await Engine.with(workers: 0) { engine in
            let created = try await engine.create(spec: Self.spec)
            #expect(try await engine.used() == Self.running)

            _ = try await engine.operations.cancel(created.operation.id, as: engine.acme.member)

            #expect(try await engine.used() == .zero)
        }
    }

    @Test func cancel_ofAScaleThatNeverBeganRestores() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking { try await engine.running(spec: Self.spec).id }
            let change = try await engine.vclusters.scale(id, to: ["quota": ["cpu": "7"]], as: engine.acme.member)
            #expect(try await engine.used()[.cpu] == 7200)

            _ = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(try await engine.used() == Self.running)
        }
    }

    @Test func cancel_ofAScaleAfterAFailureGoesBackToWhatTheHostMayHave() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking {
                let id = try await engine.running(spec: Self.spec).id
                engine.driver.failAlways("install", with: HostError(.valuesRejected, "no"))
                try await engine.vclusters.scale(id, to: ["quota": ["cpu": "3"]], as: engine.acme.member)
                return try await engine.reach(.error, id).id
            }
            let change = try await engine.vclusters.scale(id, to: ["quota": ["cpu": "9"]], as: engine.acme.member)

            _ = try await engine.operations.cancel(change.operation.id, as: engine.acme.member)

            #expect(try await engine.used()[.cpu] == 3200)
        }
    }

    @Test func delete_ofAPendingOneGivesBack() async throws {
        try await Engine.with(workers: 0) { engine in
            let created = try await engine.create(spec: Self.spec)

            try await engine.vclusters.delete(created.vcluster.id, as: engine.acme.member)

            #expect(try await engine.used() == .zero)
        }
    }

    @Test func create_needsAnEnvelopeWhereALevelLimits() async throws {
        try await Engine.with(workers: 0) { engine in
            try await engine.limit(engine.acme.root.id, [.memory: 1 << 40, .cpu: 100_000])

            let refusal = try await engine.refusal { try await engine.create(spec: ["quota": ["cpu": "2"]]) }

            #expect(refusal?.code == .invalidArgument)
            #expect(refusal?.fields.map(\.field) == ["spec.quota.memory"])
            #expect(refusal?.message.contains("Acme limits memory to 1Ti") == true)
            #expect(try await engine.used() == .zero)
        }
    }

    @Test func update_ofTheClassCountsAnew() async throws {
        try await Engine.with { engine in
            let id = try await engine.running(spec: Self.spec).id
            try await engine.limit(engine.acme.payments.id, [.cpu: 1000])

            let refusal = try await engine.refusal {
                try await engine.vclusters.update(id, VClusterPatch(qosClass: .guaranteed), as: engine.acme.member)
            }
            #expect(refusal?.extensions["reason"] == "guaranteed")
            try await engine.limit(engine.acme.payments.id, [.cpu: 2200])
            try await engine.vclusters.update(id, VClusterPatch(qosClass: .batch), as: engine.acme.member)

            #expect(try await engine.used()[.cpu] == 0)
            #expect(try await engine.used()[.vclusters] == 1)
        }
    }

    private static func specOf(_ json: JSONValue) -> VClusterSpec { VClusterSpec(stored: json) }
}

extension Engine {
    /// What the subtree of a tenant uses as guaranteed and burstable; the root unless told.
    func used(_ id: TenantID? = nil) async throws -> QuotaAmounts {
        let tenant = id ?? acme.root.id
        let everything = PortalDatabase(database).elevated(for: .quotaChain)
        return try await QuotaSnapshot.load([tenant], in: everything).levels[tenant]?.use.used ?? .zero
    }

    /// Sets limits of a tenant, whoever may.
    func limit(_ id: TenantID, _ limits: [QuotaDimension: Int64]) async throws {
        let now = time.now()
        let limits = QuotaLimits(limits.mapValues { QuotaLimit(amount: $0) })
        try await PortalDatabase(database).elevated(for: .quotaChain).transaction { transaction in
            _ = try await transaction.pipeline(
                [QuotaQueries.lock(at: now)] + QuotaLimitQueries.replace(limits, of: id, by: nil, at: now)
            )
        }
    }

    /// Runs a worker for the time of `body`; afterwards nobody begins anything.
    func whileWorking<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        // One of its own: a worker runs once.
        let worker = try another("while-working").worker
        let running = Task { try await worker.run() }
        let result = try await body()
        running.cancel()
        _ = await running.result
        return result
    }

    /// The error that a change is refused with; nil when it is not.
    func refusal<Result: Sendable>(_ body: () async throws -> Result) async throws -> PortalError? {
        do {
            _ = try await body()
            return nil
        } catch let error as PortalError {
            return error
        }
    }
}
