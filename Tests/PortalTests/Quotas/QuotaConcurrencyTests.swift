import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Many at once, through the services: nothing is overshot, nobody is refused who has room, nothing leaks.
struct QuotaConcurrencyTests {
    /// Several rounds, because each has interleavings of its own.
    @Test(arguments: 1...5)
    func siblings_allGetTheirPlaceAndTheNextIsRefused(_ round: Int) async throws {
        try await Crowd.with { crowd in
            try await crowd.limit(crowd.acme.data, [.vclusters: 10])
            var teams: [Tenant] = []
            for index in 0..<10 {
                let team = try await crowd.services.tenants.ensure(
                    name: "Team \(index)",
                    parentID: crowd.acme.data.id,
                    as: .system("test")
                )
                try await crowd.limit(team, [.vclusters: 1])
                teams.append(team)
            }

            let errors = try await crowd.atOnce(teams.map { team in { @Sendable in try await crowd.create(in: team) } })
            let eleventh = try await crowd.services.tenants.ensure(
                name: "Team 10",
                parentID: crowd.acme.data.id,
                as: .system("test")
            )
            let refused = try await crowd.atOnce([{ @Sendable in try await crowd.create(in: eleventh) }])

            #expect(errors.map(\.code) == [])
            #expect(refused.map(\.code) == [.quotaExceeded])
            #expect(refused.first?.extensions["level"]?["tenantName"] == "Data")
            #expect(try await crowd.used(crowd.acme.data)[.vclusters] == 10)
            #expect(try await crowd.drift() == [])
        }
    }

    @Test func creates_takeExactlyWhatThereIs() async throws {
        try await Crowd.with { crowd in
            try await crowd.limit(crowd.acme.engineering, [.vclusters: 7])
            let places = (0..<24).map { $0.isMultiple(of: 2) ? crowd.acme.payments : crowd.acme.platform }

            let errors = try await crowd.atOnce(
                places.map { place in { @Sendable in try await crowd.create(in: place) } }
            )

            #expect(errors.count == 17)
            #expect(errors.allSatisfy { $0.code == .quotaExceeded })
            #expect(try await crowd.used(crowd.acme.root)[.vclusters] == 7)
            #expect(try await crowd.drift() == [])
        }
    }

    @Test func movesAndLimits_mixWithCreatesAndDeletes() async throws {
        try await Crowd.with { crowd in
            try await crowd.limit(crowd.acme.engineering, [.vclusters: 9])
            try await crowd.limit(crowd.acme.data, [.vclusters: 6])
            let system = Caller.system("test")
            var work: [@Sendable () async throws -> Void] = []
            for index in 0..<12 {
                work.append { try await crowd.create(in: crowd.acme.payments) }
                work.append {
                    let id = try await crowd.create(in: crowd.acme.platform)
                    _ = try await crowd.services.vclusters.delete(id, as: system)
                }
                work.append {
                    let parent = index.isMultiple(of: 2) ? crowd.acme.data.id : crowd.acme.engineering.id
                    _ = try await crowd.services.tenants.move(crowd.acme.payments.id, to: parent, as: system)
                }
                work.append {
                    var patch = QuotaLimitsPatch()
                    patch.limits = [.vclusters: Int64(5 + index % 3)]
                    _ = try await crowd.services.quotas.setLimits(patch, of: crowd.acme.payments.id, as: system)
                }
            }

            let errors = try await crowd.atOnce(work)

            #expect(errors.allSatisfy { $0.code == .quotaExceeded })
            #expect(try await crowd.drift() == [])
            #expect(try await crowd.used(crowd.acme.data)[.vclusters] <= 6)
            #expect(try await crowd.used(crowd.acme.engineering)[.vclusters] <= 9)
        }
    }
}

/// Services over a pool with many connections, and an organization.
struct Crowd: Sendable {
    let database: PostgresDatabase
    let services: PortalServices
    let acme: TestOrganization
    private let counter = Counter()

    /// Makes names that nobody has.
    private actor Counter {
        private var last = 0
        func next() -> Int {
            last += 1
            return last
        }
    }

    static func with(_ body: @escaping @Sendable (Crowd) async throws -> Void) async throws {
        try await TestDatabase.withLease(configure: { $0.poolSize = 16 }) { leased in
            let time = ManualTime()
            let driver = ScriptedDriver()
            let services = try Engine.services(
                leased.database,
                driver: driver,
                time: time,
                limits: .testing,
                name: "nobody"
            )
            let acme = try await TestOrganization.make(in: leased.database, time: time)
            _ = try await services.hosts.create(NewHost(name: "alpha", driver: .simulated), as: .system("test"))
            try await body(Crowd(database: leased.database, services: services, acme: acme))
        }
    }

    /// Makes a vcluster; there are no workers, so it stays pending.
    @discardableResult
    func create(in tenant: Tenant) async throws -> VClusterID {
        let name = "v\(await counter.next())"
        return try await services.vclusters.create(
            NewVCluster(tenantID: tenant.id, name: name),
            as: .system("test")
        ).vcluster.id
    }

    func limit(_ tenant: Tenant, _ limits: [QuotaDimension: Int64]) async throws {
        var patch = QuotaLimitsPatch()
        for (dimension, amount) in limits { patch.limits[dimension] = amount }
        _ = try await services.quotas.setLimits(patch, of: tenant.id, as: .system("test"))
    }

    func used(_ tenant: Tenant) async throws -> QuotaAmounts {
        let everything = PortalDatabase(database).elevated(for: .quotaChain)
        return try await QuotaSnapshot.load([tenant.id], in: everything).levels[tenant.id]?.use.used ?? .zero
    }

    func drift() async throws -> [String] {
        let everything = PortalDatabase(database).elevated(for: .quotaChain)
        return try await everything.query(QuotaTestQueries.drift()).map { try $0.decode("name") }
    }

    /// Does everything at the same time.
    ///
    /// - Returns: The errors that the domain answered with.
    func atOnce(_ work: [@Sendable () async throws -> some Sendable]) async throws -> [PortalError] {
        try await withThrowingTaskGroup(of: PortalError?.self) { group in
            for one in work {
                group.addTask {
                    do {
                        _ = try await one()
                        return nil
                    } catch let error as PortalError {
                        return error
                    }
                }
            }
            return try await group.reduce(into: []) { errors, error in
                if let error { errors.append(error) }
            }
        }
    }
}
