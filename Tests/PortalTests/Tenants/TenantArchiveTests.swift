import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Testing

struct TenantArchiveTests {
    @Test func archive_hidesAnEmptyTenantAndKeepsItsName() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let archived = try await tenants.archive(acme.platform.id, ifMatch: "\"1\"", as: acme.manager)

            #expect(archived.isArchived && archived.version == 2)
            let below = TenantFilter(parentID: acme.engineering.id)
            #expect(try await tenants.list(below, as: acme.admin).items.map(\.name) == ["Payments"])
            let hidden = TenantFilter(isArchived: true)
            #expect(try await tenants.list(hidden, as: acme.admin).items.map(\.name) == ["Platform"])
            #expect(try await tenants.get(acme.platform.id, as: acme.viewerOfEngineering) == archived)
            let again = try await tenants.archive(acme.platform.id, as: acme.manager)
            #expect(again == archived, "archiving again changes nothing")

            let back = try await tenants.unarchive(acme.platform.id, as: acme.manager)

            #expect(!back.isArchived && back.version == 3)
            #expect(try await tenants.list(below, as: acme.admin).items.count == 2)
            let verbs = try await AuditService(database: database).list(as: .system("test")).items.map(\.verb)
            #expect(verbs.filter { $0 == "tenant.archive" }.count == 1)
            #expect(verbs.filter { $0 == "tenant.unarchive" }.count == 1)
        }
    }

    @Test func archived_takesNothingNew() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            _ = try await tenants.archive(acme.platform.id, as: acme.admin)
            func code(_ body: () async throws -> Void) async -> PortalError.Code? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? PortalError)?.code }
            }
            let (platform, admin) = (acme.platform.id, acme.admin)

            #expect(await code { _ = try await tenants.create(name: "X", parentID: platform, as: admin) } == .conflict)
            #expect(await code { _ = try await tenants.rename(platform, to: "X", as: admin) } == .conflict)
            #expect(await code { _ = try await tenants.move(platform, to: acme.data.id, as: admin) } == .conflict)
            #expect(await code { _ = try await tenants.move(acme.payments.id, to: platform, as: admin) } == .conflict)
            let taken = await code {
                _ = try await tenants.create(name: "platform", parentID: acme.engineering.id, as: admin)
            }
            #expect(taken == .alreadyExists, "the name stays with the records")
        }
    }

    @Test func archive_needsAnEmptyTenant() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            func refusal(_ id: TenantID) async -> PortalError? {
                await #expect(throws: PortalError.self) { try await tenants.archive(id, as: acme.admin) }
            }

            #expect(await refusal(acme.root.id)?.code == .conflict)
            #expect(await refusal(acme.engineering.id)?.extensions["liveTenants"] == 2)
            for team in [acme.payments, acme.platform, acme.engineering] {
                _ = try await tenants.archive(team.id, as: acme.admin)
            }
            let orphan = await #expect(throws: PortalError.self) {
                try await tenants.unarchive(acme.payments.id, as: acme.admin)
            }
            #expect(orphan?.code == .conflict, "its parent has to come back first")
        }
    }

    @Test func archive_needsThePermission() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let member = await #expect(throws: PortalError.self) {
                try await tenants.archive(acme.payments.id, as: acme.member)
            }
            let stranger = await #expect(throws: PortalError.self) {
                try await tenants.archive(acme.payments.id, as: acme.stranger)
            }

            #expect(member?.code == .forbidden)
            #expect(stranger?.code == .notFound)
        }
    }

    @Test func archive_waitsForTheVClustersToGo() async throws {
        try await withPortal { portal in
            let (acme, services) = (portal.organization, portal.services)
            let new = NewVCluster(tenantID: acme.payments.id, name: "shop")
            let vcluster = try await services.vclusters.create(new, as: acme.member).vcluster

            let refused = await #expect(throws: PortalError.self) {
                try await services.tenants.archive(acme.payments.id, as: acme.manager)
            }
            _ = try await services.vclusters.delete(vcluster.id, as: acme.member)
            _ = try await services.tenants.archive(acme.payments.id, as: acme.manager)
            let late = await #expect(throws: PortalError.self) {
                try await services.vclusters.create(new, as: acme.member)
            }

            #expect(refused?.extensions["liveVClusters"] == 1)
            #expect(late?.code == .conflict)
        }
    }

    @Test func archive_waitsForHoldsToEnd() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let time = ManualTime()
            let tenants = TenantService(database: database, time: time)
            let hold = QuotaReservation(
                hold: UUID(),
                of: QuotaAmounts([.cpu: 100]),
                at: acme.payments.id,
                ownerID: nil,
                until: time.now().addingTimeInterval(60)
            )
            try await PortalDatabase(database).elevated(for: .quotaChain).transaction { transaction in
                try await QuotaAdmission(transaction, at: time.now()).hold(hold)
            }

            let refused = await #expect(throws: PortalError.self) {
                try await tenants.archive(acme.payments.id, as: acme.manager)
            }
            time.advance(by: .seconds(60))
            _ = try await tenants.archive(acme.payments.id, as: acme.manager)

            #expect(refused?.code == .conflict && refused?.extensions["openHolds"] == 1)
        }
    }
}

extension TestOrganization {
    fileprivate var viewerOfEngineering: Caller { Caller.make(nobody.user, [(.viewer, engineering)]) }
}
