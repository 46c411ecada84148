import Foundation
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct TenantMoveTests {
    @Test func move_takesTheWholeSubtreeAlong() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let fraud = try await tenants.create(name: "Fraud", parentID: acme.payments.id, as: acme.admin)
            let models = try await tenants.create(name: "Models", parentID: fraud.id, as: acme.admin)

            let moved = try await tenants.move(acme.payments.id, to: acme.data.id, ifMatch: "\"1\"", as: acme.admin)

            #expect(moved.path == acme.data.path + [acme.payments.id])
            #expect(moved.parentID == acme.data.id && moved.version == 2)
            let leaf = try await tenants.get(models.id, as: acme.admin)
            #expect(leaf.path == moved.path + [fraud.id, models.id])
            #expect(leaf.version == 2)
            // Those of the old place lose sight of it, those of the new one gain it.
            let stranger = acme.stranger
            #expect(try await tenants.get(models.id, as: stranger) == leaf)
            let error = await #expect(throws: PortalError.self) { try await tenants.get(fraud.id, as: acme.manager) }
            #expect(error?.code == .notFound)
            #expect(try await tenants.get(models.id, as: acme.viewer) == leaf, "a role inside of it goes along")
            let again = try await tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
            #expect(again == moved, "nothing changes when it is there already")
        }
    }

    @Test func move_isRefusedWhereTheTreeWouldBreak() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let admin = acme.admin
            func refusal(_ id: TenantID, _ parent: TenantID) async -> PortalError? {
                await #expect(throws: PortalError.self) { try await tenants.move(id, to: parent, as: admin) }
            }

            #expect(await refusal(acme.root.id, acme.data.id)?.code == .conflict)
            for inside in [acme.engineering.id, acme.payments.id] {
                let cycle = await refusal(acme.engineering.id, inside)
                #expect(cycle?.code == .invalidArgument && cycle?.fields.map(\.field) == ["parentId"])
            }
            #expect(await refusal(TenantID(), acme.data.id)?.code == .notFound)
            #expect(await refusal(acme.payments.id, TenantID())?.code == .notFound)

            _ = try await tenants.create(name: "PAYMENTS", parentID: acme.data.id, as: admin)
            #expect(await refusal(acme.payments.id, acme.data.id)?.code == .alreadyExists)
            let stale = await #expect(throws: PortalError.self) {
                try await tenants.move(acme.platform.id, to: acme.data.id, ifMatch: "\"7\"", as: admin)
            }
            #expect(stale?.code == .preconditionFailed)
        }
    }

    /// What is not looked at must not begin to hold unasked.
    @Test func move_isRefusedWithMoreRolesThanAreLookedAt() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let caller = Caller.make(acme.manager.user, [(.manager, acme.engineering), (.manager, acme.data)])
            let rolesMax = PortalLimits.Tenants.inheritedRolesMax
            try await database.execute(
                """
                WITH made AS (
                    INSERT INTO groups (id, tenant_id, name, created_at, updated_at)
                    SELECT gen_random_uuid(), \(acme.data.id), 'g' || n, now(), now()
                    FROM generate_series(1, \(rolesMax)) AS n
                    RETURNING id
                )
                INSERT INTO role_bindings (tenant_id, group_id, role, created_at)
                SELECT \(acme.data.id), id, 'viewer', now() FROM made
                """
            )

            // With the stranger, who is a member of Data, it is one too many.
            let error = await #expect(throws: PortalError.self) {
                try await tenants.move(acme.payments.id, to: acme.data.id, as: caller)
            }
            #expect(error?.code == .conflict)
            try await tenants.removeMember(acme.stranger.user.id, role: .member, from: acme.data.id, as: acme.admin)
            #expect(try await tenants.move(acme.payments.id, to: acme.data.id, as: caller).parentID == acme.data.id)
        }
    }

    @Test func move_keepsTheDepthOfTheWholeSubtree() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            var place = acme.data
            while place.depth < 6 {
                place = try await tenants.create(name: "level \(place.depth + 1)", parentID: place.id, as: acme.admin)
            }
            let fraud = try await tenants.create(name: "Fraud", parentID: acme.payments.id, as: acme.admin)

            // Payments and Fraud take two levels: below level 6 they just fit.
            let moved = try await tenants.move(acme.payments.id, to: place.id, as: acme.admin)
            #expect(moved.depth == 7)
            _ = try await tenants.move(acme.payments.id, to: acme.engineering.id, as: acme.admin)
            _ = try await tenants.create(name: "Deep", parentID: fraud.id, as: acme.admin)
            let error = await #expect(throws: PortalError.self) {
                try await tenants.move(acme.payments.id, to: place.id, as: acme.admin)
            }

            #expect(error?.fields.map(\.code) == [FieldErrorCode.outOfRange])
            #expect(error?.message.contains("9 levels") == true)
        }
    }

    @Test func move_needsThePermissionAtBothEnds() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            func code(_ caller: Caller, _ id: TenantID, _ parent: TenantID) async -> PortalError.Code? {
                do {
                    _ = try await tenants.move(id, to: parent, as: caller)
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            // Invisible on either side: it does not exist.
            #expect(await code(acme.manager, acme.payments.id, acme.data.id) == .notFound)
            #expect(await code(acme.manager, acme.data.id, acme.engineering.id) == .notFound)
            #expect(await code(acme.stranger, acme.payments.id, acme.data.id) == .notFound)
            #expect(await code(acme.auditor, acme.payments.id, acme.data.id) == .forbidden)
            // A manager of the subtree alone cannot take it away from those above.
            let own = Caller.make(acme.nobody.user, [(.manager, acme.payments), (.manager, acme.data)])
            #expect(await code(own, acme.payments.id, acme.data.id) == .forbidden)
            // Within one's own department it is nobody else's business.
            #expect(await code(acme.manager, acme.payments.id, acme.platform.id) == nil)
        }
    }

    @Test func move_givesNobodyMoreThanTheMoverHas() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            try await tenants.addMember(acme.auditor.user.id, role: .auditor, to: acme.platform.id, as: acme.admin)

            let error = await #expect(throws: PortalError.self) {
                try await tenants.move(acme.payments.id, to: acme.platform.id, as: acme.manager)
            }

            #expect(error?.code == .forbidden)
            #expect(error?.extensions["missingPermission"] == "audit.read")
            #expect(error?.extensions["level"] == .string(acme.platform.id.description))
            _ = try await tenants.move(acme.payments.id, to: acme.platform.id, as: acme.admin)
        }
    }

    @Test func move_isAuditedAtBothPlacesWithTheRoles() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let audit = AuditService(database: database)

            _ = try await tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)

            let rows = try await audit.list(as: .system("test")).items
            let left = try #require(rows.first { $0.verb == "tenant.move" })
            let arrived = try #require(rows.first { $0.verb == "tenant.arrive" })
            #expect(left.object.tenantPath == acme.payments.path)
            #expect(arrived.object.tenantPath == acme.data.path + [acme.payments.id])
            let before = try JSONValue(parsing: try #require(left.before))
            let after = try JSONValue(parsing: try #require(left.after))
            #expect(before["path"] == .array(acme.payments.path.map(\.json)))
            #expect(before["inheritedRoles"]?.array?.map { $0["holder"]?.string } == ["manager@acme.example"])
            #expect(after["inheritedRoles"]?.array?.map { $0["holder"]?.string } == ["stranger@acme.example"])
            // What was written before the move stays where it happened.
            let history = rows.filter { $0.object.id == acme.payments.id.description && $0.verb == "tenant.create" }
            #expect(history.map(\.object.tenantPath) == [acme.payments.path])
        }
    }

    @Test func planMove_changesNothing() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let plan = try await tenants.planMove(acme.payments.id, to: acme.data.id, as: acme.admin)

            #expect(plan.lost.map(\.holder) == ["manager@acme.example"])
            #expect(plan.gained.map(\.holder) == ["stranger@acme.example"])
            #expect(plan.tenantCount == 1)
            #expect(try await tenants.get(acme.payments.id, as: acme.admin).path == acme.payments.path)
        }
    }

    @Test func database_refusesAMoveThatLeavesAPathBehind() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let update: SQL = """
                UPDATE tenants
                SET parent_id = \(acme.data.id), path = \(acme.data.path + [acme.engineering.id])
                WHERE id = \(acme.engineering.id)
                """

            let error = await #expect(throws: PostgresError.self) { try await database.execute(update) }

            #expect(error?.constraint == "tenants_path_continues_parent")
        }
    }
}
