import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct GroupServiceTests {
    private let time = ManualTime()

    private func sre(_ groups: GroupService, _ acme: TestOrganization) async throws -> Group {
        try await groups.create(NewGroup(name: "SRE"), at: acme.engineering.id, as: acme.manager)
    }

    @Test func group_givesItsRolesToItsMembers() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let group = try await sre(groups, acme)
            let nobody = acme.nobody.user

            try await groups.addMember(email: nobody.email, to: group.id, as: acme.manager)
            try await groups.addMember(nobody.id, to: group.id, as: acme.manager)
            try await tenants.addMember(
                .group(group.id),
                role: .builtIn(.member),
                to: acme.payments.id,
                as: acme.manager
            )
            let caller = try await identity.callerBySignIn(nobody.email)

            #expect(caller.bindings.map(\.source) == [.group(group.id)])
            #expect(caller.has(.vclustersCreate, onPath: acme.payments.path))
            #expect(!caller.has(.vclustersCreate, onPath: acme.platform.path))
            #expect(try await groups.members(of: group.id, as: acme.manager).items.map(\.email) == [nobody.email])
            #expect(try await identity.memberships(as: caller).map(\.groupName) == ["SRE"])
            let members = try await tenants.members(of: acme.payments.id, as: acme.manager).items
            #expect(members.contains { $0.subject == .group(group.id) && $0.name == "SRE" && $0.email == nil })

            try await groups.removeMember(nobody.id, from: group.id, as: acme.manager)
            #expect(try await identity.callerBySignIn(nobody.email).bindings.isEmpty)
        }
    }

    @Test func groupsOfOthers_doNotExist() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let group = try await sre(groups, acme)
            let stranger = Caller.make(acme.stranger.user, [(.manager, acme.data)])
            func code(_ body: () async throws -> Void) async -> PortalError.Code? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code { _ = try await groups.get(group.id, as: stranger) } == .notFound)
            #expect(await code { _ = try await groups.members(of: group.id, as: stranger) } == .notFound)
            #expect(await code { _ = try await groups.update(group.id, as: stranger) { $0.name = "x" } } == .notFound)
            #expect(await code { try await groups.delete(group.id, as: stranger) } == .notFound)
            let own = stranger.user.id
            #expect(await code { try await groups.addMember(own, to: group.id, as: stranger) } == .notFound)
            #expect(
                await code {
                    try await tenants.addMember(
                        .group(group.id),
                        role: .builtIn(.viewer),
                        to: acme.data.id,
                        as: stranger
                    )
                } == .notFound
            )
            #expect(try await groups.list(as: stranger).items.isEmpty)
            let member = Caller.make(acme.member.user, [(.member, acme.engineering)])
            #expect(await code { _ = try await groups.get(group.id, as: member) } == .forbidden)
            #expect(await code { try await groups.delete(group.id, as: member) } == .forbidden)
        }
    }

    /// A group that is bound stronger than its keeper is: the keeper may not decide who is in it.
    @Test func groupMembers_areNoWayUp() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let group = try await sre(groups, acme)
            try await tenants.addMember(.group(group.id), role: .builtIn(.auditor), to: acme.root.id, as: acme.admin)
            let own = acme.manager.user.id

            for change: @Sendable () async throws -> Void in [
                { try await groups.addMember(own, to: group.id, as: acme.manager) },
                { try await groups.delete(group.id, as: acme.manager) },
                { try await groups.removeMember(own, from: group.id, as: acme.manager) },
            ] {
                let error = await #expect(throws: PortalError.self) { try await change() }
                #expect(error?.code == .forbidden)
            }
            let provider = await #expect(throws: PortalError.self) {
                try await groups.update(group.id, as: acme.manager) {
                    $0.externalID = "everybody"
                    $0.provider = "corp"
                }
            }
            #expect(provider?.extensions["missingPermission"] == "users.manage")
            _ = try await groups.update(group.id, as: acme.manager) { $0.name = "Site reliability" }
            try await groups.addMember(own, to: group.id, as: acme.admin)
        }
    }

    @Test func lastAdmin_staysThroughGroupsToo() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let system = Caller.system("test")
            let group = try await groups.create(NewGroup(name: "Admins"), at: acme.root.id, as: acme.admin)
            let (admin, other) = (acme.admin.user.id, acme.nobody.user.id)
            try await tenants.addMember(.group(group.id), role: .builtIn(.admin), to: acme.root.id, as: acme.admin)
            try await groups.addMember(other, to: group.id, as: acme.admin)
            try await tenants.removeMember(admin, role: .admin, from: acme.root.id, as: acme.admin)

            // Only the group makes an admin now, of one person.
            for change: @Sendable () async throws -> Void in [
                { try await groups.removeMember(other, from: group.id, as: system) },
                { try await groups.delete(group.id, as: system) },
                {
                    try await tenants.removeMember(
                        .group(group.id),
                        role: .builtIn(.admin),
                        from: acme.root.id,
                        as: system
                    )
                },
                { _ = try await identity.setDisabled(true, user: other, as: system) },
            ] {
                let error = await #expect(throws: PortalError.self) { try await change() }
                #expect(error?.code == .conflict)
            }
        }
    }

    @Test func lastAdmin_staysWhenAllGoAtOnce() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let system = Caller.system("test")
            let group = try await groups.create(NewGroup(name: "Admins"), at: acme.root.id, as: acme.admin)
            try await tenants.addMember(.group(group.id), role: .builtIn(.admin), to: acme.root.id, as: acme.admin)
            try await groups.addMember(acme.nobody.user.id, to: group.id, as: acme.admin)
            try await tenants.addMember(acme.member.user.id, role: .admin, to: acme.root.id, as: acme.admin)
            let changes: [@Sendable () async throws -> Void] = [
                { try await tenants.removeMember(acme.admin.user.id, role: .admin, from: acme.root.id, as: system) },
                { try await groups.removeMember(acme.nobody.user.id, from: group.id, as: system) },
                { _ = try await identity.setDisabled(true, user: acme.member.user.id, as: system) },
                { try await groups.delete(group.id, as: system) },
            ]

            let refused = await withTaskGroup(of: PortalError.Code?.self) { tasks in
                for change in changes {
                    tasks.addTask {
                        do {
                            try await change()
                            return nil
                        } catch { return (error as? PortalError)?.code }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }

            #expect(!refused.isEmpty)
            #expect(refused.allSatisfy { $0 == .conflict || $0 == .notFound })
            let admins = try await database.query(MemberQueries.countAdmins()).first
            #expect(try admins?.decode("admins", as: Int.self) == 1)
        }
    }

    @Test func claim_putsInAndTakesOutWhatTheProviderSays() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let nobody = acme.nobody.user
            var ids: [GroupID] = []
            for name in ["one", "two", "three"] {
                let new = NewGroup(name: name, externalID: "idp-\(name)", provider: "corp")
                ids.append(try await groups.create(new, at: acme.root.id, as: acme.admin).id)
            }
            try await groups.addMember(nobody.id, to: ids[2], as: acme.admin)
            func claim(_ names: [String]) async throws -> [String] {
                _ = try await PortalDatabase(database).elevated(for: .authentication).transaction { transaction in
                    try await groups.follow("corp", claim: names, for: nobody, in: transaction)
                }
                var found: [String] = []
                for id in ids
                where try await groups.members(of: id, as: acme.admin).items.contains(where: { $0.userID == nobody.id })
                {
                    found.append(try await groups.get(id, as: acme.admin).name)
                }
                return found
            }

            #expect(try await claim(["idp-one", "idp-unknown"]) == ["one", "three"])
            #expect(try await claim(["idp-two"]) == ["two", "three"])
            #expect(try await claim(["idp-two"]) == ["two", "three"])
            #expect(try await claim([]) == ["three"], "who was added by hand stays")
            let taken = await #expect(throws: PortalError.self) {
                try await groups.update(ids[0], as: acme.admin) { $0.externalID = "idp-two" }
            }
            #expect(taken?.code == .alreadyExists)
        }
    }

    /// Two providers may call different groups by one name.
    @Test func claim_countsForTheGroupsOfItsProvider() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let nobody = acme.nobody.user
            func make(_ name: String, _ provider: String?) async throws -> GroupID {
                let new = NewGroup(name: name, externalID: "admins", provider: provider)
                return try await groups.create(new, at: acme.root.id, as: acme.admin).id
            }
            let corp = try await make("Corp", "corp")
            let partner = try await make("Partner", "partner")
            let nowhere = await #expect(throws: PortalError.self) { _ = try await make("Nowhere", nil) }
            func follow(_ provider: String, _ names: [String]) async throws -> [String] {
                _ = try await PortalDatabase(database).elevated(for: .authentication).transaction { transaction in
                    try await groups.follow(provider, claim: names, for: nobody, in: transaction)
                }
                var found: [String] = []
                for id in [corp, partner]
                where try await groups.members(of: id, as: acme.admin).items.contains(where: { $0.userID == nobody.id })
                {
                    found.append(try await groups.get(id, as: acme.admin).name)
                }
                return found
            }

            #expect(nowhere?.fields.map(\.field) == ["provider"])
            #expect(try await follow("partner", ["admins"]) == ["Partner"])
            #expect(try await follow("corp", []) == ["Partner"], "one provider does not take what another gave")
            #expect(try await follow("corp", ["admins"]) == ["Corp", "Partner"])
            #expect(try await follow("partner", []) == ["Corp"])
            _ = try await groups.update(corp, as: acme.admin) { $0.provider = "other" }
            #expect(try await follow("corp", ["admins"]) == [])
        }
    }

    @Test func claim_entersNoGroupThatIsTooMuch() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            var limits = PortalLimits.testing
            limits.identity.bindingsPerUserMax = 1
            let groups = GroupService(database: database, time: time, limits: limits)
            let tenants = TenantService(database: database, time: time, limits: limits)
            let member = acme.member.user
            let new = NewGroup(name: "Leads", externalID: "leads", provider: "corp")
            let group = try await groups.create(new, at: acme.root.id, as: acme.admin).id
            try await tenants.addMember(.group(group), role: .builtIn(.viewer), to: acme.data.id, as: acme.admin)

            let entries = try await PortalDatabase(database).elevated(for: .authentication).transaction { transaction in
                try await groups.follow("corp", claim: ["leads"], for: member, in: transaction)
            }

            #expect(entries.map(\.result) == [.refused])
            #expect(try await groups.members(of: group, as: acme.admin).items.isEmpty)
        }
    }
}
