import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The reconciler and the sweeper of holds: counters are proven, repaired and told.
struct QuotaReconcilerTests {
    private func everything(_ engine: Engine) -> ScopedDatabase {
        PortalDatabase(engine.database).elevated(for: .quotaChain)
    }

    private func hold(_ amounts: QuotaAmounts, for seconds: Double, _ engine: Engine) async throws {
        let now = engine.time.now()
        let hold = QuotaReservation(
            hold: UUID(),
            of: amounts,
            at: engine.acme.payments.id,
            ownerID: nil,
            until: now.addingTimeInterval(seconds)
        )
        try await everything(engine).transaction { try await QuotaAdmission($0, at: now).hold(hold) }
    }

    @Test func runOnce_repairsWhatSomebodyCorrupted() async throws {
        try await Engine.with { engine in
            let spec: JSONValue = ["quota": ["cpu": "2", "memory": "4Gi", "extended": ["example.com/fpga": 1]]]
            _ = try await engine.running(spec: spec)
            try await hold(QuotaAmounts([.cpu: 500]), for: 3600, engine)
            let right = try await engine.used()
            let database = everything(engine)
            try await database.execute(
                "UPDATE quota_counters SET used[2] = 7, held[2] = 0 WHERE tenant_id = \(engine.acme.root.id)"
            )
            try await database.execute(
                "UPDATE quota_counters SET used[1] = 5 WHERE tenant_id = \(engine.acme.payments.id)"
            )
            try await database.execute(
                "DELETE FROM quota_extended_counters WHERE tenant_id = \(engine.acme.engineering.id)"
            )
            let report = try await engine.services.quotas.drift(as: engine.acme.admin)
            #expect(report.counters.count == 3)

            let pass = try await engine.services.keepers.reconciler.runOnce()

            #expect(pass.isOurs && pass.repaired.count == 3)
            #expect(try await engine.used() == right)
            #expect(try await engine.services.quotas.drift(as: engine.acme.admin).counters.isEmpty)
            #expect(try await engine.services.keepers.reconciler.runOnce().repaired.isEmpty)
            #expect(engine.services.keepers.reconciler.statistics.current.repairedTotal == 3)
            let audit = try await engine.services.audit.list(as: .system("test")).items
            let rows = audit.filter { $0.verb == "quota.repair" }
            #expect(Set(rows.map(\.object.name)) == ["Acme", "Engineering", "Payments"])
            let root = try JSONValue(parsing: try #require(rows.first { $0.object.name == "Acme" }?.after))
            #expect(root[0]?["dimension"] == "cpu" && root[0]?["counted"]?["used"] == "7m")
        }
    }

    @Test func runOnce_leavesItToTheOneWhoIsAtIt() async throws {
        try await Engine.with(workers: 0) { engine in
            try await everything(engine).transaction { transaction in
                _ = try await transaction.query(QuotaDriftQueries.tryLock())

                #expect(try await engine.services.keepers.reconciler.runOnce() == QuotaReconciler.Pass())
            }
            #expect(try await engine.services.keepers.reconciler.runOnce().isOurs)
        }
    }

    @Test func runOnce_tellsWhatHostsReportAndRepairsNothing() async throws {
        try await withPortal(.working) { portal in
            let services = portal.services
            let organization = portal.organization
            // The scripted host reports 1.5 cores, 2 GiB and 3 pods of every vcluster.
            let small = try await services.vclusters.create(
                NewVCluster(tenantID: organization.payments.id, name: "small", spec: [:]),
                as: organization.member
            )
            let large = try await services.vclusters.create(
                NewVCluster(
                    tenantID: organization.payments.id,
                    name: "large",
                    spec: ["quota": ["cpu": "4", "memory": "8Gi", "pods": 20]]
                ),
                as: organization.member
            )
            for change in [small, large] {
                while try await services.vclusters.get(change.vcluster.id, as: organization.member).phase != .running {
                    await Task.yield()
                }
            }

            #expect(try await services.keepers.reconciler.runOnce().compared == 2)

            let report = try await services.quotas.drift(as: organization.admin)
            #expect(report.counters.isEmpty)
            #expect(report.excesses.items.map(\.name) == ["small"])
            #expect(report.excesses.items.first?.excess.map(\.dimension) == [.cpu, .memory, .pods])
            #expect(services.keepers.reconciler.statistics.current.exceeding == 1)
            let error = await #expect(throws: PortalError.self) {
                try await services.quotas.drift(as: organization.manager)
            }
            #expect(error?.code == .forbidden)
            let answer = try await portal.client(as: .admin).get("/api/v1/quota-drift")
            #expect(answer.json["items"]?[0]?["name"] == "small", "\(answer.text)")
        }
    }

    /// A host that never answers must not keep the others from being compared.
    @Test func runOnce_takesTurnsThoughAHostDoesNotAnswer() async throws {
        var limits = Engine.limits
        limits.quotas.reportBatch = 1
        let interval = limits.quotas.reportInterval
        try await Engine.with(limits: limits) { engine in
            let first = try await engine.running("one")
            let second = try await engine.running("two")
            engine.driver.failAlways("usage", with: HostError(.hostUnreachable, "No answer."))

            for _ in 1...3 { #expect(try await engine.services.keepers.reconciler.runOnce().compared == 0) }
            engine.time.advance(by: interval + .seconds(1))
            engine.driver.failAlways("usage", with: nil)
            for _ in 1...2 { #expect(try await engine.services.keepers.reconciler.runOnce().compared == 1) }

            let asked = engine.driver.calls("usage").map(\.namespace)
            let turn = [first.namespace, second.namespace]
            #expect(asked == turn + turn)
        }
    }

    @Test func sweeper_endsHoldsThatHaveExpired() async throws {
        try await Engine.with(workers: 0) { engine in
            for index in 1...5 {
                try await hold(QuotaAmounts([.cpu: 100]), for: Double(index) * 60, engine)
            }
            #expect(try await engine.services.keepers.sweeper.runOnce().holds == 0)
            engine.time.advance(by: .seconds(180))

            async let first = engine.services.keepers.sweeper.runOnce()
            async let second = try engine.another("second").keepers.sweeper.runOnce()
            let passes = try await [first, second]

            #expect(passes.map(\.holds).reduce(0, +) == 3, "each is ended once, whoever comes first")
            #expect(try await engine.used()[.cpu] == 200)
            #expect(try await engine.services.keepers.reconciler.runOnce().repaired.isEmpty)
        }
    }
}
