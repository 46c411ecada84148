import Portal
import PortalTesting
import Testing

struct MemberTests {
    @Test func addMember_givesTheRoleInTheSubtree() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let time = ManualTime()
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)

            try await tenants.addMember(acme.nobody.user.id, role: .member, to: acme.engineering.id, as: acme.manager)
            try await tenants.addMember(acme.nobody.user.id, role: .member, to: acme.engineering.id, as: acme.manager)
            let token = try await identity.signIn(
                email: acme.nobody.user.email,
                password: TestOrganization.password,
                clientAddress: ""
            ).token
            let caller = try #require(try await identity.authenticate(sessionToken: token))

            #expect(
                caller.bindings == [
                    RoleBinding(tenantID: acme.engineering.id, tenantPath: acme.engineering.path, role: .member)
                ]
            )
            #expect(caller.has(.vclustersCreate, onPath: acme.payments.path))
            let entries = try await AuditService(database: database).list(as: .system("test")).items
            #expect(entries.filter { $0.verb == "member.add" && $0.actorID == acme.manager.user.id }.count == 1)
        }
    }

    @Test func addMember_givesNoMoreThanTheGiverHas() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            for role in [Role.admin, .auditor] {
                let error = await #expect(throws: PortalError.self) {
                    try await tenants.addMember(acme.nobody.user.id, role: role, to: acme.payments.id, as: acme.manager)
                }
                #expect(error?.code == .forbidden)
            }
            for role in [Role.viewer, .member, .manager, .finance] {
                try await tenants.addMember(acme.nobody.user.id, role: role, to: acme.payments.id, as: acme.manager)
            }
            let outside = await #expect(throws: PortalError.self) {
                try await tenants.addMember(acme.nobody.user.id, role: .viewer, to: acme.data.id, as: acme.manager)
            }
            #expect(outside?.code == .notFound)
            let member = await #expect(throws: PortalError.self) {
                try await tenants.addMember(acme.nobody.user.id, role: .viewer, to: acme.payments.id, as: acme.member)
            }
            #expect(member?.code == .forbidden)
        }
    }

    @Test func addMember_byEmailTellsStrangersNothing() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            try await tenants.addMember(
                email: "NOBODY@acme.example",
                role: .builtIn(.viewer),
                to: acme.payments.id,
                as: acme.manager
            )
            let unknown = await #expect(throws: PortalError.self) {
                try await tenants.addMember(
                    email: "who@acme.example",
                    role: .builtIn(.viewer),
                    to: acme.payments.id,
                    as: acme.manager
                )
            }
            let curious = await #expect(throws: PortalError.self) {
                try await tenants.addMember(
                    email: "who@acme.example",
                    role: .builtIn(.viewer),
                    to: acme.payments.id,
                    as: acme.member
                )
            }

            #expect(unknown?.fields.map(\.field) == ["email"])
            #expect(curious?.code == .forbidden)
        }
    }

    @Test func members_showInheritedRolesAndHideForeignNames() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            var members: [Member] = []
            var token: String?
            repeat {
                let page = try await tenants.members(
                    of: acme.payments.id,
                    try PageRequest(size: 2, token: token),
                    as: acme.manager
                )
                members += page.items
                token = page.nextPageToken
            } while token != nil

            #expect(
                members.map(\.email)
                    == ["admin", "auditor", "finance", "manager", "member", "viewer"].map { "\($0)@acme.example" }
            )
            #expect(members.map(\.tenantName) == [nil, nil, nil, "Engineering", "Payments", "Payments"])
            #expect(try await tenants.members(of: acme.payments.id, as: acme.admin).items.first?.tenantName == "Acme")
            let error = await #expect(throws: PortalError.self) {
                try await tenants.members(of: acme.payments.id, as: acme.viewer)
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func removeMember_keepsTheLastAdmin() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let (admin, other) = (acme.admin.user.id, acme.nobody.user.id)

            let last = await #expect(throws: PortalError.self) {
                try await tenants.removeMember(admin, role: .admin, from: acme.root.id, as: acme.admin)
            }
            #expect(last?.code == .conflict)
            try await tenants.addMember(other, role: .admin, to: acme.root.id, as: acme.admin)

            // Each removes the other at the same time: one has to stay.
            let second = Caller.make(acme.nobody.user, [(.admin, acme.root)])
            async let first: Void? = try? tenants.removeMember(other, role: .admin, from: acme.root.id, as: acme.admin)
            async let crossed: Void? = try? tenants.removeMember(admin, role: .admin, from: acme.root.id, as: second)
            _ = await (first, crossed)

            let admins = try await tenants.members(of: acme.root.id, as: .system("test")).items.filter {
                $0.role == .builtIn(.admin)
            }
            #expect(admins.count == 1)
        }
    }

    @Test func removeMember_takesWhatWasGivenHere() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let manager = acme.manager.user.id

            let inherited = await #expect(throws: PortalError.self) {
                try await tenants.removeMember(manager, role: .manager, from: acme.payments.id, as: acme.admin)
            }
            #expect(inherited?.code == .notFound)
            try await tenants.removeMember(acme.viewer.user.id, role: .viewer, from: acme.payments.id, as: acme.manager)

            #expect(
                try await !tenants.members(of: acme.payments.id, as: acme.admin).items.contains {
                    $0.role == .builtIn(.viewer)
                }
            )
        }
    }
}
