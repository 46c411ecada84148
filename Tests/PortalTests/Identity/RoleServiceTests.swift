import JSON
import Portal
import PortalTesting
import Postgres
import Testing

struct RoleServiceTests {
    private let time = ManualTime()

    /// A custom role at Engineering by its manager.
    private func onCall(_ roles: RoleService, _ acme: TestOrganization) async throws -> RoleDefinition {
        try await roles.create(
            NewRole(name: "On call", permissions: [.vclustersSuspend]),
            at: acme.engineering.id,
            as: acme.manager
        )
    }

    @Test func create_completesThePermissions() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)

            let role = try await onCall(roles, acme)

            #expect(role.permissions == [.vclustersSuspend, .vclustersRead, .operationsRead, .tenantsRead])
            #expect(!role.isBuiltIn && role.tenantID == acme.engineering.id)
            #expect(try await roles.get(role.reference, as: acme.viewer) == role, "it can be held below")
            let stranger = await #expect(throws: PortalError.self) {
                try await roles.get(role.reference, as: acme.stranger)
            }
            #expect(stranger?.code == .notFound)
        }
    }

    @Test func customRole_holdsInItsSubtree() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let role = try await onCall(roles, acme)
            let nobody = acme.nobody.user

            try await tenants.addMember(.user(nobody.id), role: role.reference, to: acme.payments.id, as: acme.manager)
            let caller = try await identity.callerBySignIn(nobody.email)

            #expect(caller.has(.vclustersSuspend, onPath: acme.payments.path))
            #expect(!caller.has(.vclustersDelete, onPath: acme.payments.path))
            #expect(!caller.has(.vclustersSuspend, onPath: acme.platform.path))
            #expect(caller.bindings.map(\.roleName) == ["On call"])
            let outside = await #expect(throws: PortalError.self) {
                try await tenants.addMember(.user(nobody.id), role: role.reference, to: acme.data.id, as: acme.admin)
            }
            #expect(outside?.fields.map(\.field) == ["role"])
        }
    }

    @Test func permissions_areNoMoreThanTheMakerHas() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let role = try await onCall(roles, acme)

            let created = await #expect(throws: PortalError.self) {
                try await roles.create(
                    NewRole(name: "Spy", permissions: [.auditRead]),
                    at: acme.engineering.id,
                    as: acme.manager
                )
            }
            let edited = await #expect(throws: PortalError.self) {
                try await roles.update(role.reference, as: acme.manager) { $0.permissions.insert(.auditRead) }
            }
            let member = await #expect(throws: PortalError.self) {
                try await roles.update(role.reference, as: acme.member) { $0.name = "Mine" }
            }
            let elsewhere = await #expect(throws: PortalError.self) {
                try await roles.create(
                    NewRole(name: "x", permissions: [.tenantsRead]),
                    at: acme.root.id,
                    as: acme.manager
                )
            }

            #expect(created?.extensions["missingPermission"] == "audit.read")
            #expect(edited?.extensions["missingPermission"] == "audit.read")
            #expect(member?.extensions["missingPermission"] == "roles.manage")
            #expect(elsewhere?.code == .notFound)
        }
    }

    /// Whoever gets `roles.manage` alone must not become anything else by it, neither by their own role nor by others.
    @Test func roleEdits_areNoWayUp() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let keeper = try await roles.create(
                NewRole(name: "Keeper", permissions: [.rolesManage]),
                at: acme.root.id,
                as: acme.admin
            )
            let strong = try await roles.create(
                NewRole(name: "Strong", permissions: [.vclustersDelete, .hostsManage]),
                at: acme.root.id,
                as: acme.admin
            )
            try await tenants.addMember(
                .user(acme.nobody.user.id),
                role: keeper.reference,
                to: acme.root.id,
                as: acme.admin
            )
            let nobody = try await identity.callerBySignIn(acme.nobody.user.email)

            for change: @Sendable (inout NewRole) -> Void in [
                { $0.permissions.insert(.usersManage) }, { $0.permissions = Set(Permission.allCases) },
            ] {
                let own = await #expect(throws: PortalError.self) {
                    try await roles.update(keeper.reference, as: nobody, change)
                }
                #expect(own?.code == .forbidden)
            }
            let weakened = await #expect(throws: PortalError.self) {
                try await roles.update(strong.reference, as: nobody) { $0.permissions = [.tenantsRead] }
            }
            let builtIn = await #expect(throws: PortalError.self) {
                try await roles.update(.builtIn(.viewer), as: nobody) { $0.permissions = Set(Permission.allCases) }
            }
            #expect(weakened?.code == .forbidden, "what one lacks one cannot take from others either")
            #expect(builtIn?.code == .conflict)
            _ = try await roles.update(strong.reference, as: nobody) { $0.name = "Very strong" }
        }
    }

    @Test func update_holdsForEverybodyWhoHasTheRole() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let role = try await onCall(roles, acme)
            try await tenants.addMember(
                .user(acme.nobody.user.id),
                role: role.reference,
                to: acme.payments.id,
                as: acme.manager
            )

            let changed = try await roles.update(role.reference, ifMatch: role.etag.description, as: acme.manager) {
                $0.permissions = [.vclustersDelete]
            }
            let stale = await #expect(throws: PortalError.self) {
                try await roles.update(role.reference, ifMatch: role.etag.description, as: acme.manager) {
                    $0.name = "x"
                }
            }

            #expect(changed.version == 2)
            #expect(stale?.code == .preconditionFailed)
            let caller = try await identity.callerBySignIn(acme.nobody.user.email)
            #expect(caller.has(.vclustersDelete, onPath: acme.payments.path))
            #expect(!caller.has(.vclustersSuspend, onPath: acme.payments.path))
        }
    }

    @Test func delete_isRefusedWhileSomebodyHasTheRole() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let role = try await onCall(roles, acme)
            let subject = RoleSubject.user(acme.nobody.user.id)
            try await tenants.addMember(subject, role: role.reference, to: acme.payments.id, as: acme.manager)

            let bound = await #expect(throws: PortalError.self) {
                try await roles.delete(role.reference, as: acme.manager)
            }
            let builtIn = await #expect(throws: PortalError.self) {
                try await roles.delete(.builtIn(.viewer), as: acme.admin)
            }
            #expect(bound?.code == .conflict && builtIn?.code == .conflict)
            try await tenants.removeMember(subject, role: role.reference, from: acme.payments.id, as: acme.manager)
            try await roles.delete(role.reference, as: acme.manager)

            let gone = await #expect(throws: PortalError.self) { try await roles.get(role.reference, as: acme.admin) }
            #expect(gone?.code == .notFound)
        }
    }

    @Test func list_showsWhatCanBeGiven() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            _ = try await onCall(roles, acme)
            let new = NewRole(name: "Everywhere", permissions: [.tenantsRead])
            _ = try await roles.create(new, at: acme.root.id, as: acme.admin)
            _ = try await roles.create(new, at: acme.data.id, as: acme.admin)

            var names: [String] = []
            var token: String?
            repeat {
                let page = try await roles.list(
                    usableAt: acme.payments.id,
                    try PageRequest(size: 2, token: token),
                    as: acme.viewer
                )
                names += page.items.map(\.name)
                token = page.nextPageToken
            } while token != nil

            #expect(names == Role.allCases.map(\.rawValue) + ["On call", "Everywhere"])
            #expect(try await roles.list(as: acme.viewer).items.count == Role.allCases.count + 2)
            #expect(try await roles.list(as: acme.admin).items.count == Role.allCases.count + 3)
            #expect(try await roles.list(as: acme.nobody).items.count == Role.allCases.count)
        }
    }

    @Test func move_leavesNoRoleBehind() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let role = try await onCall(roles, acme)
            let subject = RoleSubject.user(acme.nobody.user.id)
            try await tenants.addMember(subject, role: role.reference, to: acme.payments.id, as: acme.manager)

            let stray = await #expect(throws: PortalError.self) {
                try await tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
            }
            #expect(stray?.code == .conflict && stray?.message.contains("On call") == true)
            _ = try await tenants.move(acme.payments.id, to: acme.platform.id, as: acme.admin)
            try await tenants.removeMember(subject, role: role.reference, from: acme.payments.id, as: acme.admin)
            _ = try await tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
        }
    }

    @Test func names_areUniqueAndNotThoseOfBuiltInRoles() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            var limits = PortalLimits.testing
            limits.access.rolesPerTenantMax = 1
            let roles = RoleService(database: database, time: time, limits: .testing)
            _ = try await onCall(roles, acme)
            func code(_ name: String, _ roles: RoleService) async -> PortalError.Code? {
                do {
                    let new = NewRole(name: name, permissions: [.tenantsRead])
                    _ = try await roles.create(new, at: acme.engineering.id, as: acme.manager)
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code("ON CALL", roles) == .alreadyExists)
            #expect(await code("Admin", roles) == .invalidArgument)
            #expect(await code(" ", roles) == .invalidArgument)
            #expect(await code("Second", RoleService(database: database, time: time, limits: limits)) == .conflict)
        }
    }
}

extension IdentityService {
    /// The caller that a sign-in gives now.
    func callerBySignIn(_ email: String) async throws -> Caller {
        let token = try await signIn(
            email: email,
            password: TestOrganization.password,
            clientAddress: "192.0.2.7"
        ).token
        return try #require(try await authenticate(sessionToken: token))
    }
}
