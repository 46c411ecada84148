import Portal
import PortalTesting
import Postgres
import Testing

struct AccessServiceTests {
    private let time = ManualTime()

    @Test func own_tellsWhatTheCallerMayDoAtATenant() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let access = AccessService(database: database, time: time)

            let payments = try await access.own(at: acme.payments.id, as: acme.manager)
            let organization = try await access.own(at: nil, as: acme.manager)

            #expect(payments.permissions == Role.manager.permissions)
            #expect(payments.bindings.map(\.tenantID) == [acme.engineering.id])
            #expect(organization.permissions == [.hostsRead, .templatesRead, .tokensManage])
            #expect(try await access.own(at: nil, as: acme.admin).permissions.contains(.usersManage))
            for tenant in [acme.data, acme.root] {
                let error = await #expect(throws: PortalError.self) {
                    try await access.own(at: tenant.id, as: acme.manager)
                }
                #expect(error?.code == .notFound)
            }
        }
    }

    @Test func holders_comeWithTheirChains() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let access = AccessService(database: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let group = try await groups.create(NewGroup(name: "SRE"), at: acme.engineering.id, as: acme.manager)
            try await groups.addMember(acme.nobody.user.id, to: group.id, as: acme.manager)
            try await groups.addMember(acme.viewer.user.id, to: group.id, as: acme.manager)
            let role = try await roles.create(
                NewRole(name: "On call", permissions: [.vclustersSuspend]),
                at: acme.engineering.id,
                as: acme.manager
            )
            try await tenants.addMember(.group(group.id), role: role.reference, to: acme.payments.id, as: acme.manager)
            let token = try await identity.createToken(name: "night", lifetime: .seconds(3600), as: acme.viewer).token
            try await tenants.addMember(.token(token.id), role: role.reference, to: acme.payments.id, as: acme.admin)

            var grants: [AccessGrant] = []
            var next: String?
            repeat {
                let page = try await access.holders(
                    of: .vclustersSuspend,
                    at: acme.payments.id,
                    try PageRequest(size: 2, token: next),
                    as: acme.manager
                )
                grants += page.items
                next = page.nextPageToken
            } while next != nil

            let lines = Set(
                grants.map { grant in
                    [
                        grant.subject.name, grant.subject.token?.name, grant.roleName, grant.tenantName,
                        grant.group?.name,
                    ].map { $0 ?? "-" }.joined(separator: " ")
                }
            )
            #expect(grants.count == lines.count)
            #expect(
                lines == [
                    "admin - admin - -", "manager - manager Engineering -", "member - member Payments -",
                    "nobody - On call Payments SRE", "viewer - On call Payments SRE", "viewer night On call Payments -",
                ]
            )
        }
    }

    @Test func holders_areThoseWhoReallyCan() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let access = AccessService(database: database, time: time)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            func names(_ permission: Permission, at tenant: Tenant) async throws -> [String] {
                try await access.holders(of: permission, at: tenant.id, as: acme.admin).items.map(\.subject.name)
            }
            try await tenants.addMember(acme.nobody.user.id, role: .admin, to: acme.payments.id, as: acme.admin)

            #expect(try await names(.hostsManage, at: acme.payments) == ["admin"], "held at the root only")
            #expect(try await names(.membersManage, at: acme.payments) == ["admin", "manager", "nobody"])
            _ = try await identity.setDisabled(true, user: acme.manager.user.id, as: acme.admin)
            #expect(try await names(.membersManage, at: acme.payments) == ["admin", "nobody"])
            #expect(try await names(.membersManage, at: acme.data) == ["admin"])
            for (caller, code) in [(acme.stranger, PortalError.Code.notFound), (acme.viewer, .forbidden)] {
                let error = await #expect(throws: PortalError.self) {
                    try await access.holders(of: .vclustersRead, at: acme.payments.id, as: caller)
                }
                #expect(error?.code == code)
            }
        }
    }
}
