import Foundation
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct InvitationTests {
    private let time = ManualTime()
    private static let password = "four words in a row"

    private func invitation(_ acme: TestOrganization, role: RoleReference = .builtIn(.member)) -> NewInvitation {
        NewInvitation(email: "Mei@acme.example", name: "Mei", tenantID: acme.payments.id, role: role)
    }

    private func code(_ body: () async throws -> Void) async -> PortalError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? PortalError)?.code }
    }

    @Test func invitation_opensAnAccountOnce() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)

            let issued = try await identity.invite(invitation(acme), as: acme.manager)
            let before = try await identity.getUser(issued.link.userID, as: acme.admin)
            let opened = try await identity.link(.invitation, secret: issued.secret)
            let wrongKind = try await identity.link(.passwordReset, secret: issued.secret)
            try await identity.use(.invitation, secret: issued.secret, password: Self.password)

            #expect(before.status == .invited && before.email == "mei@acme.example")
            #expect(opened?.userID == issued.link.userID && wrongKind == nil)
            let signIn = try await identity.signIn(
                email: "mei@acme.example",
                password: Self.password,
                clientAddress: "::1"
            )
            let caller = try #require(try await identity.authenticate(sessionToken: signIn.token))
            #expect(caller.user.status == .active)
            #expect(caller.has(.vclustersCreate, onPath: acme.payments.path))
            let again = await code {
                try await identity.use(.invitation, secret: issued.secret, password: "another four words here")
            }
            #expect(again == .notFound)
            #expect(
                try await identity.listInvitations(as: acme.manager).items.map { $0.state(at: time.now()) } == [.used]
            )
            let stored = try await database.query("SELECT secret_hash FROM account_links")
            #expect(try stored[0].decode("secret_hash", as: [UInt8].self) != Array(issued.secret.utf8))
        }
    }

    @Test func invite_givesNoMoreThanTheOneWhoInvitesHas() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            var elsewhere = invitation(acme)
            elsewhere.tenantID = acme.data.id
            let foreign = elsewhere

            #expect(
                await code { _ = try await identity.invite(invitation(acme, role: .builtIn(.admin)), as: acme.manager) }
                    == .forbidden
            )
            #expect(await code { _ = try await identity.invite(foreign, as: acme.manager) } == .notFound)
            #expect(await code { _ = try await identity.invite(invitation(acme), as: acme.member) } == .forbidden)
            #expect(await code { _ = try await identity.invite(invitation(acme), as: acme.stranger) } == .notFound)
            let users = try await identity.listUsers(search: "mei", as: acme.admin).items
            #expect(users.isEmpty, "a refused invitation leaves no account")
            _ = try await identity.invite(invitation(acme), as: acme.manager)
            #expect(await code { _ = try await identity.invite(invitation(acme), as: acme.manager) } == .alreadyExists)
        }
    }

    @Test func link_endsAfterItsTimeAndWhenReplaced() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let first = try await identity.invite(invitation(acme), as: acme.manager)

            time.advance(by: .seconds(60))
            let second = try await identity.resendInvitation(first.link.id, as: acme.manager)
            #expect(try await identity.link(.invitation, secret: first.secret) == nil)
            #expect(try await identity.link(.invitation, secret: second.secret) != nil)
            #expect(
                await code { _ = try await identity.resendInvitation(first.link.id, as: acme.manager) } == .conflict
            )
            #expect(try await identity.listInvitations(as: acme.manager).items.map(\.id) == [second.link.id])

            time.advance(by: .seconds(7 * 86400))
            #expect(try await identity.link(.invitation, secret: second.secret) == nil)
            let third = try await identity.resendInvitation(second.link.id, as: acme.manager)
            #expect(try await identity.link(.invitation, secret: third.secret) != nil)
        }
    }

    /// An invited account that was given more in between: its first inviter must not get a link to it.
    @Test func resend_isNoWayUp() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)
            try await tenants.addMember(issued.link.userID, role: .admin, to: acme.root.id, as: acme.admin)

            let error = await #expect(throws: PortalError.self) {
                try await identity.resendInvitation(issued.link.id, as: acme.manager)
            }

            #expect(error?.code == .forbidden)
            _ = try await identity.resendInvitation(issued.link.id, as: acme.admin)
        }
    }

    /// Who made a link knows it, so it must not open an account that has become stronger than they are.
    @Test func link_isVoidOnceTheAccountHasMoreThanItsMaker() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let groups = GroupService(database: database, time: time, limits: .testing)
            let group = try await groups.create(NewGroup(name: "Auditors"), at: acme.root.id, as: acme.admin)
            try await tenants.addMember(.group(group.id), role: .builtIn(.auditor), to: acme.root.id, as: acme.admin)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)
            func use() async -> PortalError.Code? {
                await code { try await identity.use(.invitation, secret: issued.secret, password: Self.password) }
            }

            try await groups.addMember(issued.link.userID, to: group.id, as: acme.admin)
            #expect(await use() == .notFound)
            try await groups.removeMember(issued.link.userID, from: group.id, as: acme.admin)
            try await tenants.removeMember(
                acme.manager.user.id,
                role: .manager,
                from: acme.engineering.id,
                as: acme.admin
            )
            #expect(await use() == .notFound)
            try await tenants.addMember(acme.manager.user.id, role: .manager, to: acme.engineering.id, as: acme.admin)
            #expect(await use() == nil)
        }
    }

    /// A maker who is no more may do nothing, so neither do the links that they made; those of the portal work.
    @Test func link_isVoidWithoutItsMaker() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let desk = try await identity.createServiceAccount(name: "desk", at: acme.root.id, as: acme.admin)
            try await tenants.addMember(desk.id, role: .admin, to: acme.root.id, as: acme.admin)
            let maker = try await identity.createToken(
                name: "x",
                lifetime: .seconds(3600),
                forServiceAccount: desk.id,
                as: acme.admin
            )
            let caller = try #require(try await identity.authenticate(bearer: maker.secret))
            let (member, viewer) = (acme.member.user.id, acme.viewer.user.id)
            let issued = try await identity.issuePasswordReset(for: member, as: caller)
            let byPortal = try await identity.issuePasswordReset(for: viewer, as: .system("test"))
            try await identity.deleteServiceAccount(desk.id, as: acme.admin)
            func use(_ link: NewAccountLink) async -> PortalError.Code? {
                await code { try await identity.use(.passwordReset, secret: link.secret, password: Self.password) }
            }

            #expect(await use(issued) == .notFound)
            #expect(await use(byPortal) == nil)
        }
    }

    /// An account that waits for its owner without any link that works.
    @Test func reset_leadsBackToAnInvitedAccount() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)
            let id = issued.link.userID
            try await tenants.addMember(id, role: .viewer, to: acme.data.id, as: acme.admin)
            try await identity.revokeInvitation(issued.link.id, as: acme.manager)

            let reset = try await identity.issuePasswordReset(for: id, as: acme.admin)
            try await identity.use(.passwordReset, secret: reset.secret, password: Self.password)

            #expect(try await identity.getUser(id, as: acme.admin).status == .active)
            let caller = try await identity.signIn(
                email: issued.link.email,
                password: Self.password,
                clientAddress: "::1"
            )
            #expect(caller.user.id == id)
        }
    }

    @Test func revoke_takesTheRoleAndTheAccount() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)

            #expect(await code { try await identity.revokeInvitation(issued.link.id, as: acme.stranger) } == .notFound)
            #expect(await code { try await identity.revokeInvitation(issued.link.id, as: acme.viewer) } == .forbidden)
            try await identity.revokeInvitation(issued.link.id, as: acme.manager)

            #expect(try await identity.link(.invitation, secret: issued.secret) == nil)
            #expect(await code { _ = try await identity.getUser(issued.link.userID, as: acme.admin) } == .notFound)
            let again = try await identity.invite(invitation(acme), as: acme.manager)
            let tenants = TenantService(database: database, time: time)
            try await tenants.addMember(again.link.userID, role: .viewer, to: acme.data.id, as: acme.admin)
            try await identity.revokeInvitation(again.link.id, as: acme.manager)
            let kept = try await identity.getUser(again.link.userID, as: acme.admin)
            #expect(kept.status == .invited, "somebody else has given it a role")
        }
    }

    /// Somebody else may have given the account more at the same tenant, and a manager does not take an auditor's role.
    @Test func revoke_takesNoRoleThatTheCallerCouldNotTake() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)
            try await tenants.addMember(issued.link.userID, role: .auditor, to: acme.payments.id, as: acme.admin)

            let refused = await code { try await identity.revokeInvitation(issued.link.id, as: acme.manager) }
            try await identity.revokeInvitation(issued.link.id, as: acme.admin)

            #expect(refused == .forbidden)
            let log = try await AuditService(database: database).list(as: .system("test")).items
            let entry = try #require(log.first { $0.verb == "user.revokeInvitation" })
            #expect(entry.object.tenantPath == acme.payments.path, "who reads the log of the tenant reads this")
        }
    }

    @Test func link_isUsedOnceByTwoAtOnce() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)

            let codes = await withTaskGroup(of: PortalError.Code?.self) { tasks in
                for number in 0..<4 {
                    tasks.addTask {
                        await code {
                            try await identity.use(
                                .invitation,
                                secret: issued.secret,
                                password: "\(Self.password) \(number)"
                            )
                        }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }

            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .notFound }.count == 3)
        }
    }

    @Test func use_keepsTheRulesOfPasswords() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let issued = try await identity.invite(invitation(acme), as: acme.manager)

            let short = await #expect(throws: PortalError.self) {
                try await identity.use(.invitation, secret: issued.secret, password: "short")
            }

            #expect(short?.fields.map(\.field) == ["password"])
            #expect(try await identity.link(.invitation, secret: issued.secret) != nil, "the link still works")
        }
    }

    @Test func reset_endsSessionsAndIsForThoseWhoHaveAsMuch() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let roles = RoleService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let desk = try await roles.create(
                NewRole(name: "Help desk", permissions: [.usersManage, .membersRead, .vclustersRead, .quotasRead]),
                at: acme.root.id,
                as: acme.admin
            )
            try await tenants.addMember(
                .user(acme.nobody.user.id),
                role: desk.reference,
                to: acme.root.id,
                as: acme.admin
            )
            let helper = try await identity.callerBySignIn(acme.nobody.user.email)
            let session = try await identity.signIn(
                email: acme.member.user.email,
                password: TestOrganization.password,
                clientAddress: "::1"
            )

            for stronger in [acme.admin, acme.manager] {
                let refused = await code {
                    _ = try await identity.issuePasswordReset(for: stronger.user.id, as: helper)
                }
                #expect(refused == .forbidden, "who resets a password can sign in as its owner")
                #expect(
                    await code { _ = try await identity.setDisabled(true, user: stronger.user.id, as: helper) }
                        == .forbidden
                )
            }
            #expect(
                await code { _ = try await identity.issuePasswordReset(for: acme.member.user.id, as: acme.manager) }
                    == .notFound
            )
            let issued = try await identity.issuePasswordReset(for: acme.member.user.id, as: acme.admin)
            try await identity.use(.passwordReset, secret: issued.secret, password: Self.password)

            #expect(try await identity.authenticate(sessionToken: session.token) == nil)
            _ = try await identity.signIn(
                email: acme.member.user.email,
                password: Self.password,
                clientAddress: "::2"
            )
        }
    }

    @Test func disable_endsTokensAndLinksForGood() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let token = try await identity.createToken(name: "ci", lifetime: .seconds(3600), as: acme.member)
            let reset = try await identity.issuePasswordReset(for: acme.member.user.id, as: acme.admin)

            let disabled = try await identity.setDisabled(true, user: acme.member.user.id, as: acme.admin)
            let enabled = try await identity.setDisabled(false, user: acme.member.user.id, as: acme.admin)

            #expect(disabled.status == .disabled && enabled.status == .active)
            #expect(try await identity.authenticate(bearer: token.secret) == nil)
            #expect(try await identity.link(.passwordReset, secret: reset.secret) == nil)
        }
    }

    @Test func awayDays_areThoseOfTheOwnZone() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let from = try #require(CalendarDay("2026-12-24"))
            let until = try #require(CalendarDay("2026-12-26"))

            let user = try await identity.updateUser(acme.member.user.id, as: acme.admin) { preferences in
                preferences.timeZone = "Asia/Shanghai"
                preferences.away = AwayDays(from: from, until: until)
            }

            #expect(try await identity.getUser(user.id, as: acme.admin).away == user.away)
            // In Shanghai it is the 24th from 16:00 UTC of the 23rd on.
            let start = try #require(RFC3339.parse("2026-12-23T16:00:00Z"))
            #expect(!user.isAway(at: start.advanced(by: .seconds(-1))))
            #expect(user.isAway(at: start))
            #expect(user.isAway(at: start.advanced(by: .seconds(3 * 86400 - 1))))
            #expect(!user.isAway(at: start.advanced(by: .seconds(3 * 86400))))
            #expect(AwayDays(from: until, until: from) == nil)
            #expect(
                await code { _ = try await identity.updateUser(user.id, as: acme.manager) { $0.name = "x" } }
                    == .notFound
            )
        }
    }
}
