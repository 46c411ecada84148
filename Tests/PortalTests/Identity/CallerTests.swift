import Portal
import PortalTesting
import Testing

struct CallerTests {
    let root = Tenant.make(name: "Acme")

    @Test func permissions_holdForTheSubtreeAndNowhereElse() {
        let department = Tenant.make(name: "Engineering", below: root.path)
        let team = Tenant.make(name: "Payments", below: department.path)
        let other = Tenant.make(name: "Data", below: root.path)
        let caller = Caller.make(.make(), [(.member, department), (.viewer, other)])

        #expect(caller.has(.vclustersCreate, onPath: department.path))
        #expect(caller.has(.vclustersCreate, onPath: team.path))
        #expect(!caller.has(.vclustersCreate, onPath: other.path))
        #expect(caller.has(.vclustersRead, onPath: other.path))
        #expect(caller.permissions(onPath: root.path).isEmpty)
        #expect(caller.permissions(onPath: team.path) == Role.member.permissions)
    }

    @Test func require_hidesWhatIsInvisibleAndNamesWhatIsMissing() throws {
        let team = Tenant.make(name: "Payments", below: root.path)
        let viewer = Caller.make(.make(), [(.viewer, team)])
        let stranger = Caller.make()

        let hidden = #expect(throws: PortalError.self) { try stranger.require(.vclustersCreate, onPath: team.path) }
        let missing = #expect(throws: PortalError.self) { try viewer.require(.vclustersCreate, onPath: team.path) }
        #expect(hidden?.code == .notFound)
        #expect(missing?.code == .forbidden)
        #expect(missing?.message.contains("vclusters.create") == true)
        try viewer.require(.vclustersRead, onPath: team.path)
    }

    @Test func organizationPermissions_countAtTheRootOnly() {
        let team = Tenant.make(name: "Payments", below: root.path)
        let rootAdmin = Caller.make(.make(), [(.admin, root)])
        let teamAdmin = Caller.make(.make(), [(.admin, team)])

        #expect(rootAdmin.has(.hostsManage))
        #expect(!teamAdmin.has(.hostsManage))
        #expect(teamAdmin.has(.hostsRead))
        #expect(!Caller.make().has(.hostsRead))
        let error = #expect(throws: PortalError.self) { try teamAdmin.require(.hostsManage) }
        #expect(error?.code == .forbidden)
    }

    @Test func readableRoots_areTheOutermostTenants() {
        let department = Tenant.make(name: "Engineering", below: root.path)
        let team = Tenant.make(name: "Payments", below: department.path)
        let other = Tenant.make(name: "Data", below: root.path)
        let caller = Caller.make(
            .make(),
            [(.member, team), (.viewer, department), (.manager, other), (.member, other)]
        )

        #expect(caller.readableRoots == [department.id, other.id].sorted())
        #expect(caller.visibility == .subtrees(caller.readableRoots))
        #expect(Caller.make().visibility == .subtrees([]))
    }

    @Test func system_mayDoEverythingAndIsNobody() throws {
        let system = Caller.system("reaper")

        try system.require(.hostsManage)
        try system.require(.vclustersDelete, onPath: [TenantID()])
        #expect(system.visibility == .everything)
        #expect(system.userID == nil)
    }

    @Test func roles_growAsDocumented() {
        #expect(Role.viewer.permissions.isSubset(of: Role.member.permissions))
        #expect(Role.member.permissions.isSubset(of: Role.manager.permissions))
        #expect(Role.admin.permissions == Set(Permission.allCases))
        #expect(!Role.manager.permissions.contains(.auditRead))
        #expect(Role.auditor.permissions.contains(.auditRead))
        for role in [Role.viewer, .finance, .auditor] {
            #expect(!role.permissions.contains(.vclustersKubeconfig), "\(role)")
            #expect(!role.permissions.contains(.vclustersCreate), "\(role)")
        }
    }
}
