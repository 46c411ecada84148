@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The bound on how many roles somebody holds: nothing is given that a request would not read.
struct RoleRoomTests {
    private let time = ManualTime()
    private let system = Caller.system("test")

    private func limits(_ rolesMax: Int) -> PortalLimits {
        var limits = PortalLimits.testing
        limits.identity.bindingsPerUserMax = rolesMax
        limits.identity.bindingsPerTokenMax = 1
        return limits
    }

    private func code(_ body: () async throws -> Void) async -> PortalError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? PortalError)?.code }
    }

    @Test func addMember_isRefusedBeyondWhatARequestReads() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let tenants = TenantService(database: database, time: time, limits: limits(3))
            let identity = IdentityService(database: database, time: time, limits: limits(3))
            let id = acme.member.user.id
            for role in [Role.viewer, .finance] {
                try await tenants.addMember(id, role: role, to: acme.platform.id, as: acme.manager)
            }

            let more = await code { try await tenants.addMember(id, role: .viewer, to: acme.data.id, as: acme.admin) }
            try await tenants.addMember(id, role: .viewer, to: acme.platform.id, as: acme.manager)
            try await tenants.removeMember(id, role: .viewer, from: acme.platform.id, as: acme.manager)
            let room = await code { try await tenants.addMember(id, role: .viewer, to: acme.data.id, as: acme.admin) }

            #expect(more == .conflict && room == nil)
            #expect(try await identity.callerBySignIn(acme.member.user.email).bindings.count == 3)
        }
    }

    @Test func groups_countForEverybodyInThem() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let tenants = TenantService(database: database, time: time, limits: limits(3))
            let groups = GroupService(database: database, time: time, limits: limits(3))
            func group(_ name: String, _ roles: [Role]) async throws -> GroupID {
                let id = try await groups.create(NewGroup(name: name), at: acme.root.id, as: acme.admin).id
                for role in roles {
                    try await tenants.addMember(.group(id), role: .builtIn(role), to: acme.data.id, as: acme.admin)
                }
                return id
            }
            let big = try await group("big", [.viewer, .finance, .auditor])
            let small = try await group("small", [.viewer, .finance])
            let member = acme.member.user.id

            let tooBig = await code { try await groups.addMember(member, to: big, as: acme.admin) }
            try await groups.addMember(member, to: small, as: acme.admin)
            let oneMore = await code {
                try await tenants.addMember(.group(small), role: .builtIn(.member), to: acme.data.id, as: acme.admin)
            }
            let empty = await code {
                try await tenants.addMember(.group(big), role: .builtIn(.member), to: acme.data.id, as: acme.admin)
            }

            #expect(tooBig == .conflict)
            #expect(oneMore == .conflict, "somebody in it has as many as they may have")
            #expect(empty == .conflict, "nobody could enter it")
            #expect(try await groups.members(of: small, as: acme.admin).items.map(\.userID) == [member])
        }
    }

    @Test func tokens_haveABoundOfTheirOwn() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let tenants = TenantService(database: database, time: time, limits: limits(1))
            let identity = IdentityService(database: database, time: time, limits: limits(1))
            let made = try await identity.createToken(name: "ci", lifetime: .seconds(3600), as: acme.manager)
            let token = RoleSubject.token(made.token.id)
            try await tenants.addMember(token, role: .builtIn(.auditor), to: acme.root.id, as: acme.admin)

            let more = await code {
                try await tenants.addMember(token, role: .builtIn(.viewer), to: acme.data.id, as: acme.admin)
            }

            let caller = try #require(try await identity.authenticate(bearer: made.secret))
            #expect(more == .conflict)
            #expect(caller.bindings.count == 2, "those of the owner and those of the token are read")
        }
    }

    @Test func bound_holdsWhenManyGiveAtOnce() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let tenants = TenantService(database: database, time: time, limits: limits(3))
            let id = acme.nobody.user.id

            let codes = await withTaskGroup(of: PortalError.Code?.self) { tasks in
                for tenant in [acme.root, acme.engineering, acme.payments, acme.platform, acme.data] {
                    for role in [Role.viewer, .finance] {
                        tasks.addTask {
                            await code { try await tenants.addMember(id, role: role, to: tenant.id, as: acme.admin) }
                        }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }

            #expect(codes.filter { $0 == nil }.count == 3)
            #expect(codes.filter { $0 == .conflict }.count == 7)
        }
    }

    /// Accounts from before there was a bound: what is cut off must not make them look weaker than they are.
    @Test func accountsWithMoreRoles_areOutOfReachInsteadOfHalfSeen() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let unbounded = TenantService(database: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: limits(2))
            let groups = GroupService(database: database, time: time, limits: limits(2))
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let group = try await groups.create(NewGroup(name: "SRE"), at: acme.engineering.id, as: acme.manager)
            // Whichever two are read, the third one is among those that the manager does not have or the other way round.
            for subject in [RoleSubject.user(account.id), .group(group.id)] {
                for tenant in [acme.engineering, acme.payments] {
                    try await unbounded.addMember(subject, role: .builtIn(.viewer), to: tenant.id, as: acme.manager)
                }
                try await unbounded.addMember(subject, role: .builtIn(.admin), to: acme.data.id, as: acme.admin)
            }

            let token = await code {
                _ = try await identity.createToken(
                    name: "x",
                    lifetime: .seconds(60),
                    forServiceAccount: account.id,
                    as: acme.manager
                )
            }
            let joined = await code {
                try await groups.addMember(acme.nobody.user.id, to: group.id, as: acme.manager)
            }

            #expect(token == .conflict && joined == .conflict)
        }
    }
}
