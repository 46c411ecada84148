import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Batch vclusters give way.
struct PreemptorTests {
    private func batch(
        _ name: String,
        cpu: String,
        of tenant: TenantID? = nil,
        _ engine: Engine
    ) async throws -> VCluster {
        let change = try await engine.vclusters.create(
            NewVCluster(
                tenantID: tenant ?? engine.acme.payments.id,
                name: name,
                spec: ["quota": ["cpu": .string(cpu), "memory": "1Gi"]],
                qosClass: .batch
            ),
            as: engine.acme.admin
        )
        return try await engine.reach(.running, change.vcluster.id)
    }

    private func offer(cpu: Int64, _ engine: Engine) async throws {
        let capacity = HostCapacity(
            nodes: 1,
            allocatable: ResourceAmounts(cpuMillicores: cpu),
            requested: ResourceAmounts()
        )
        try await engine.database.execute(HostRoomQueries.store(capacity, of: engine.hostID, at: engine.time.now()))
    }

    @Test func runOnce_suspendsTheNewestWhereAHostIsShort() async throws {
        try await Engine.with { engine in
            let old = try await batch("old", cpu: "800m", engine)
            engine.time.advance(by: .seconds(1))
            let new = try await batch("new", cpu: "800m", engine)
            try await offer(cpu: 2000, engine)
            #expect(try await engine.services.keepers.preemptor.runOnce() == 0, "2 of 3.8 cores: nobody is short")

            // 1.8 + 0.2 cores more are admitted although the batch vclusters have 2.
            let spec: JSONValue = ["quota": ["cpu": "2", "memory": "1Gi"]]
            let firm = try await engine.create("firm", spec: spec)
            _ = try await engine.reach(.running, firm.vcluster.id)
            #expect(try await engine.services.keepers.preemptor.runOnce() == 1)

            _ = try await engine.reach(.suspended, new.id)
            #expect(try await engine.vclusters.get(old.id, as: engine.acme.member).phase == .running)
            #expect(try await engine.services.keepers.preemptor.runOnce() == 0)
            let events = try await engine.vclusters.events(of: new.id, as: engine.acme.member).items
            let event = try #require(events.first { $0.reason == "Preempted" })
            #expect(event.type == .warning && event.message.hasPrefix("Preempted: The host"))
            let audit = try await engine.services.audit.list(as: .system("test")).items
            #expect(audit.contains { $0.verb == "vcluster.suspend" && $0.actorName == "preemptor" })
        }
    }

    @Test func runOnce_suspendsWhereAQuotaIsShort() async throws {
        try await Engine.with { engine in
            try await engine.limit(engine.acme.engineering.id, [.cpu: 3000])
            let idle = try await batch("idle", cpu: "1800m", engine)
            let spec: JSONValue = ["quota": ["cpu": "2500m", "memory": "1Gi"]]

            let firm = try await engine.create("firm", spec: spec)
            _ = try await engine.reach(.running, firm.vcluster.id)
            #expect(try await engine.services.keepers.preemptor.runOnce() == 1)
            // What is on its way counts as given back.
            #expect(try await engine.services.keepers.preemptor.runOnce() == 0)

            _ = try await engine.reach(.suspended, idle.id)
            let refusal = try await engine.refusal {
                try await engine.vclusters.resume(idle.id, as: engine.acme.member)
            }
            #expect(refusal?.extensions["reason"] == "batch")
        }
    }

    @Test func runOnce_helpsOneWhereAnotherCannotBeHelped() async throws {
        try await Engine.with { engine in
            let broken = try await batch("broken", cpu: "800m", of: engine.acme.data.id, engine)
            let idle = try await batch("idle", cpu: "800m", engine)
            try await PortalDatabase(engine.database).elevated(for: .quotaChain)
                .execute("UPDATE vclusters SET phase = 'ERROR', reason = 'Timeout' WHERE id = \(broken.id)")
            // The first in the order of the tree has nobody who could be suspended.
            try await engine.limit(engine.acme.data.id, [.cpu: 100])
            try await engine.limit(engine.acme.payments.id, [.cpu: 100])

            #expect(try await engine.services.keepers.preemptor.runOnce() == 1)

            _ = try await engine.reach(.suspended, idle.id)
        }
    }

    @Test func runOnce_countsWhatIsBeingDeletedAsGivenBack() async throws {
        try await Engine.with { engine in
            try await engine.limit(engine.acme.engineering.id, [.cpu: 4500])
            let leaving = try await batch("leaving", cpu: "1800m", engine)
            let idle = try await batch("idle", cpu: "1800m", engine)
            let gate = engine.driver.hold("pause")
            try await engine.vclusters.delete(leaving.id, as: engine.acme.member)
            await gate.arrived()

            // 2 cores beside 4 of the batch ones: short by 1.5, and 2 are on their way.
            let spec: JSONValue = ["quota": ["cpu": "1800m", "memory": "1Gi"]]
            let firm = try await engine.create("firm", spec: spec)
            _ = try await engine.reach(.running, firm.vcluster.id)

            #expect(try await engine.services.keepers.preemptor.runOnce() == 0)
            gate.open()
            try await engine.reach(.deleted, leaving.id)
            #expect(try await engine.services.keepers.preemptor.runOnce() == 0)
            #expect(try await engine.vclusters.get(idle.id, as: engine.acme.member).phase == .running)
        }
    }
}
