import Foundation
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct TenantServiceTests {
    @Test func create_andRename_areSeenBelowTheParent() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let team = try await tenants.create(name: "  Fraud ", parentID: acme.payments.id, as: acme.manager)
            let renamed = try await tenants.rename(team.id, to: "Risk", ifMatch: "\"1\"", as: acme.manager)

            #expect(team.name == "Fraud")
            #expect(team.path == acme.payments.path + [team.id])
            #expect(team.depth == 4)
            #expect(renamed.name == "Risk")
            #expect(renamed.version == 2)
            #expect(try await tenants.get(team.id, as: acme.viewer) == renamed)
        }
    }

    @Test func changes_needThePermissionAndSight() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            func code(_ body: () async throws -> Void) async -> PortalError.Code? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code { _ = try await tenants.get(acme.payments.id, as: acme.stranger) } == .notFound)
            #expect(await code { _ = try await tenants.get(acme.root.id, as: acme.manager) } == .notFound)
            #expect(await code { _ = try await tenants.get(TenantID(), as: acme.admin) } == .notFound)
            for caller in [acme.stranger, acme.nobody] {
                #expect(
                    await code { _ = try await tenants.create(name: "X", parentID: acme.payments.id, as: caller) }
                        == .notFound
                )
                #expect(await code { _ = try await tenants.rename(acme.payments.id, to: "X", as: caller) } == .notFound)
                #expect(await code { try await tenants.delete(acme.payments.id, as: caller) } == .notFound)
                #expect(await code { _ = try await tenants.members(of: acme.payments.id, as: caller) } == .notFound)
            }
            for caller in [acme.member, acme.viewer, acme.auditor, acme.finance] {
                #expect(
                    await code { _ = try await tenants.create(name: "X", parentID: acme.payments.id, as: caller) }
                        == .forbidden
                )
                #expect(await code { try await tenants.delete(acme.payments.id, as: caller) } == .forbidden)
            }
        }
    }

    @Test func names_areUniqueAmongSiblingsAndChecked() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let taken = await #expect(throws: PortalError.self) {
                try await tenants.create(name: "PAYMENTS", parentID: acme.engineering.id, as: acme.admin)
            }
            let renamed = await #expect(throws: PortalError.self) {
                try await tenants.rename(acme.platform.id, to: "payments", as: acme.admin)
            }
            #expect(taken?.code == .alreadyExists)
            #expect(renamed?.code == .alreadyExists)
            _ = try await tenants.create(name: "Payments", parentID: acme.data.id, as: acme.admin)
            for name in ["", "   ", String(repeating: "x", count: 65), "a\nb", "a\0b"] {
                let error = await #expect(throws: PortalError.self) {
                    try await tenants.create(name: name, parentID: acme.data.id, as: acme.admin)
                }
                #expect(error?.fields.map(\.field) == ["name"])
            }
            let stale = await #expect(throws: PortalError.self) {
                try await tenants.rename(acme.platform.id, to: "New", ifMatch: "\"9\"", as: acme.admin)
            }
            #expect(stale?.code == .preconditionFailed)
        }
    }

    @Test func depth_isBounded() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            var parent = acme.payments
            while parent.depth < 8 {
                parent = try await tenants.create(
                    name: "level \(parent.depth + 1)",
                    parentID: parent.id,
                    as: acme.admin
                )
            }

            let error = await #expect(throws: PortalError.self) {
                try await tenants.create(name: "too deep", parentID: parent.id, as: acme.admin)
            }
            #expect(error?.fields.map(\.field) == ["parentId"])
        }
    }

    @Test func delete_needsAnEmptyTenant() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            func code(_ id: TenantID) async -> PortalError.Code? {
                do {
                    try await tenants.delete(id, as: acme.admin)
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code(acme.root.id) == .conflict)
            #expect(await code(acme.engineering.id) == .conflict)
            #expect(await code(acme.platform.id) == nil)
            #expect(await code(acme.payments.id) == nil, "role bindings do not hold a tenant")
            #expect(await code(acme.engineering.id) == nil)
            #expect(await code(acme.engineering.id) == .notFound)
        }
    }

    /// The names that are taken are those of tenants which the manager of one of them may not see.
    @Test func rename_isUpToWhoManagesTheTenantAbove() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let team = Caller.make(acme.member.user, [(.manager, acme.platform)])

            let error = await #expect(throws: PortalError.self) {
                try await tenants.rename(acme.platform.id, to: "Payments", as: team)
            }

            #expect(error?.code == .forbidden)
            #expect(try await tenants.rename(acme.platform.id, to: "Base", as: acme.manager).name == "Base")
            #expect(try await tenants.rename(acme.root.id, to: "Acme Group", as: acme.admin).name == "Acme Group")
        }
    }

    /// Roles that others hold, groups and people who were invited hang on a tenant: none of it goes unasked.
    @Test func delete_takesNobodysAccessAlong() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let time = ManualTime()
            let tenants = TenantService(database: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let place = acme.platform
            let team = Caller.make(acme.member.user, [(.manager, place)])
            func code(as caller: Caller) async -> PortalError.Code? {
                do {
                    try await tenants.delete(place.id, as: caller)
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code(as: team) == .forbidden, "it is the tenant above that loses it")
            let group = try await groups.create(NewGroup(name: "Admins"), at: place.id, as: acme.admin)
            try await tenants.addMember(.group(group.id), role: .builtIn(.admin), to: acme.root.id, as: acme.admin)
            #expect(await code(as: acme.manager) == .conflict, "the manager may not end what the group gives")
            try await groups.delete(group.id, as: acme.admin)
            let role = try await roles.create(NewRole(name: "x", permissions: [.vclustersRead]), at: place.id, as: team)
            #expect(await code(as: acme.manager) == .conflict)
            try await roles.delete(role.reference, as: team)
            let invitation = NewInvitation(email: "a@b.example", name: "A", tenantID: place.id, role: .builtIn(.viewer))
            let invited = try await identity.invite(invitation, as: team)
            #expect(await code(as: acme.manager) == .conflict)
            try await identity.revokeInvitation(invited.link.id, as: team)
            let account = try await identity.createServiceAccount(name: "ci", at: place.id, as: team)
            #expect(await code(as: acme.manager) == .conflict)
            try await identity.deleteServiceAccount(account.id, as: team)
            #expect(await code(as: acme.manager) == nil)
        }
    }

    @Test func list_showsTheVisiblePart() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            #expect(try await tenants.list(as: acme.stranger).items.map(\.name) == ["Data"])
            #expect(try await tenants.list(as: acme.nobody).items.isEmpty)
            let children = TenantFilter(parentID: acme.engineering.id)
            #expect(try await tenants.list(children, as: acme.admin).items.map(\.name) == ["Payments", "Platform"])
            #expect(try await tenants.list(children, as: acme.stranger).items.isEmpty)
            #expect(
                try await tenants.list(TenantFilter(search: "pay"), as: acme.admin).items.map(\.name) == ["Payments"]
            )
        }
    }

    @Test func list_pagesWithoutRepeats() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            var names: [String] = []
            var token: String?
            repeat {
                let page = try await tenants.list(
                    TenantFilter(),
                    try PageRequest(size: 2, token: token),
                    as: acme.admin
                )
                names += page.items.map(\.name)
                token = page.nextPageToken
                // A tenant that is added meanwhile comes later and disturbs nothing.
                if names.count == 2 {
                    _ = try await tenants.create(name: "Late", parentID: acme.data.id, as: acme.admin)
                }
            } while token != nil

            #expect(names == ["Acme", "Engineering", "Payments", "Platform", "Data", "Late"])
        }
    }

    @Test func ensure_isIdempotentUnderConcurrency() async throws {
        try await withDatabase { database in
            let tenants = TenantService(database: database, time: ManualTime())
            let system = Caller.system("test")

            let ids = try await withThrowingTaskGroup(of: TenantID.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let root = try await tenants.ensureRoot(name: "Acme", as: system)
                        return try await tenants.ensure(name: "Data", parentID: root.id, as: system).id
                    }
                }
                return try await group.reduce(into: Set<TenantID>()) { $0.insert($1) }
            }

            #expect(ids.count == 1)
            let error = await #expect(throws: PortalError.self) {
                try await tenants.ensureRoot(name: "Other", as: Caller.make())
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func database_refusesPathsThatDoNotContinueTheParent() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let forged = Tenant.make(name: "Forged", below: acme.data.path)
            let elsewhere = Tenant(
                id: forged.id,
                name: "Forged",
                path: [TenantID(), acme.data.id, forged.id],
                createdAt: Date(timeIntervalSince1970: 0),
                updatedAt: Date(timeIntervalSince1970: 0)
            )

            let error = await #expect(throws: PostgresError.self) {
                try await database.execute(TenantQueries.insert(elsewhere, createdBy: nil))
            }
            #expect(error?.constraint == "tenants_path_continues_parent")
        }
    }
}
