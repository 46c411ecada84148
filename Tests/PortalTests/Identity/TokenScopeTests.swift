import Portal
import PortalTesting
import Postgres
import Testing

struct TokenScopeTests {
    private let time = ManualTime()

    private func caller(
        _ scope: APITokenScope,
        of owner: Caller,
        _ identity: IdentityService
    ) async throws -> Caller {
        let new = try await identity.createToken(name: "t", lifetime: .seconds(3600), scope: scope, as: owner)
        return try #require(try await identity.authenticate(bearer: new.secret))
    }

    @Test func scope_narrowsToATenant() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)

            let token = try await caller(APITokenScope(tenantID: acme.payments.id), of: acme.admin, identity)

            #expect(token.has(.vclustersDelete, onPath: acme.payments.path))
            #expect(!token.has(.tenantsRead, onPath: acme.platform.path))
            #expect(!token.has(.tenantsRead, onPath: acme.root.path))
            #expect(!token.has(.hostsManage) && !token.has(.usersManage))
            #expect(token.readableRoots == [acme.payments.id])
            #expect(token.bindings.map(\.roleName) == ["admin"])
        }
    }

    /// A token must not be where somebody keeps a role that they are about to lose.
    @Test func rolesOfTokens_fromTheirOwnerAreWorthWhatTheOwnerHas() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let new = try await identity.createToken(name: "kept", lifetime: .seconds(3600), as: acme.manager)
            let token = RoleSubject.token(new.token.id)
            try await tenants.addMember(token, role: .builtIn(.manager), to: acme.payments.id, as: acme.manager)
            try await tenants.addMember(token, role: .builtIn(.viewer), to: acme.data.id, as: acme.admin)
            let before = try #require(try await identity.authenticate(bearer: new.secret))

            try await tenants.removeMember(
                acme.manager.user.id,
                role: .manager,
                from: acme.engineering.id,
                as: acme.admin
            )
            let after = try #require(try await identity.authenticate(bearer: new.secret))

            #expect(before.has(.membersManage, onPath: acme.payments.path))
            #expect(!after.has(.tenantsRead, onPath: acme.payments.path))
            #expect(after.has(.vclustersRead, onPath: acme.data.path), "what an admin gave the token is the token's")
        }
    }

    @Test func narrowTokens_leaveTheAccountAlone() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let other = try await identity.createToken(name: "other", lifetime: .seconds(3600), as: acme.member)
            let narrow = try await caller(APITokenScope(permissions: [.tokensManage]), of: acme.member, identity)
            let child = try await identity.createToken(name: "child", lifetime: .seconds(60), as: narrow)
            func code(_ body: () async throws -> Void) async -> PortalError.Code? {
                do {
                    try await body()
                    return nil
                } catch { return (error as? PortalError)?.code }
            }

            #expect(await code { _ = try await identity.listTokens(as: narrow) } == .forbidden)
            #expect(await code { try await identity.revokeToken(other.token.id, as: narrow) } == .forbidden)
            #expect(await code { _ = try await identity.notices(as: narrow) } == .forbidden)
            #expect(
                await code { try await identity.markNoticesSeen(upTo: AccountNoticeID(), as: narrow) } == .forbidden
            )
            #expect(await code { try await identity.revokeToken(child.token.id, as: narrow) } == nil)
            #expect(await code { try await identity.revokeToken(try #require(narrow.tokenID), as: narrow) } == nil)
            #expect(try await identity.authenticate(bearer: other.secret) != nil)
        }
    }

    /// Disabling ends what an account has; a request that was on its way must not leave a token behind.
    @Test func tokens_areNotMadeByOrForAccountsThatWereDisabledMeanwhile() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            _ = try await identity.setDisabled(true, user: acme.manager.user.id, as: acme.admin)

            let own = await #expect(throws: PortalError.self) {
                _ = try await identity.createToken(name: "x", lifetime: .seconds(60), as: acme.manager)
            }
            let service = await #expect(throws: PortalError.self) {
                _ = try await identity.createToken(
                    name: "x",
                    lifetime: .seconds(60),
                    forServiceAccount: account.id,
                    as: acme.manager
                )
            }

            #expect(own?.code == .unauthenticated && service?.code == .unauthenticated)
        }
    }

    @Test func scope_narrowsToPermissionsAndWhatTheyNeed() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)

            let token = try await caller(APITokenScope(permissions: [.vclustersSuspend]), of: acme.member, identity)
            let beyond = try await caller(APITokenScope(permissions: [.auditRead]), of: acme.member, identity)

            #expect(
                token.permissions(onPath: acme.payments.path)
                    == [.vclustersSuspend, .vclustersRead, .operationsRead, .tenantsRead]
            )
            #expect(beyond.permissions(onPath: acme.payments.path) == [.tenantsRead], "a scope gives nothing")
        }
    }

    @Test func rights_areThoseOfTheOwnerAtTheTimeOfUse() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let scope = APITokenScope(tenantID: acme.payments.id, permissions: [.vclustersCreate])
            let new = try await identity.createToken(name: "ci", lifetime: .seconds(60), scope: scope, as: acme.member)

            try await tenants.removeMember(acme.member.user.id, role: .member, from: acme.payments.id, as: acme.manager)
            let without = try #require(try await identity.authenticate(bearer: new.secret))
            try await tenants.addMember(acme.member.user.id, role: .manager, to: acme.engineering.id, as: acme.manager)
            let with = try #require(try await identity.authenticate(bearer: new.secret))

            #expect(without.bindings.isEmpty)
            #expect(with.has(.vclustersCreate, onPath: acme.payments.path))
            #expect(!with.has(.membersManage, onPath: acme.payments.path))
            #expect(!with.has(.vclustersRead, onPath: acme.platform.path))
        }
    }

    @Test func tokens_makeNoTokensBeyondTheirOwnScope() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let scope = APITokenScope(tenantID: acme.payments.id, permissions: [.tokensManage, .vclustersRead])
            let narrow = try await caller(scope, of: acme.manager, identity)

            let child = try await caller(APITokenScope(), of: narrow, identity)
            let wider = await #expect(throws: PortalError.self) {
                try await caller(APITokenScope(permissions: [.membersManage]), of: narrow, identity)
            }
            let elsewhere = await #expect(throws: PortalError.self) {
                try await caller(APITokenScope(tenantID: acme.platform.id), of: narrow, identity)
            }

            #expect(child.scope == narrow.scope)
            #expect(child.bindings == narrow.bindings)
            #expect(wider?.code == .forbidden)
            #expect(elsewhere?.fields.map(\.field) == ["tenantId"])
        }
    }

    @Test func tokens_makeNoTokensThatOutliveThem() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let service = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let parent = try await identity.createToken(name: "hour", lifetime: .seconds(3600), as: acme.manager)
            let caller = try #require(try await identity.authenticate(bearer: parent.secret))

            let unsaid = try await identity.createToken(name: "unsaid", lifetime: nil, as: caller)
            let same = try await identity.createToken(name: "same", lifetime: .seconds(3600), as: caller)
            let shorter = try await identity.createToken(name: "shorter", lifetime: .seconds(600), as: caller)
            let longer = await #expect(throws: PortalError.self) {
                try await identity.createToken(name: "longer", lifetime: .seconds(3602), as: caller)
            }
            let forAnother = await #expect(throws: PortalError.self) {
                try await identity.createToken(
                    name: "longer",
                    lifetime: .seconds(7200),
                    forServiceAccount: service.id,
                    as: caller
                )
            }
            let person = try await identity.createToken(name: "person", lifetime: nil, as: acme.manager)
            try await identity.revokeToken(parent.token.id, as: acme.manager)
            let late = await #expect(throws: PortalError.self) {
                try await identity.createToken(name: "late", lifetime: .seconds(60), as: caller)
            }

            let end = parent.token.expiresAt
            #expect(unsaid.token.expiresAt == end && same.token.expiresAt == end)
            #expect(shorter.token.expiresAt < end)
            #expect(longer?.fields.map(\.field) == ["expiresAt"])
            #expect(forAnother?.fields.map(\.field) == ["expiresAt"])
            #expect(person.token.expiresAt == time.now().advanced(by: .seconds(90 * 86400)))
            #expect(late?.code == .unauthenticated, "revoked between two requests")
        }
    }

    @Test func token_holdsRolesOfItsOwnToo() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let tenants = TenantService(database: database, time: time)
            let new = try await identity.createToken(name: "ci", lifetime: .seconds(60), as: acme.viewer)
            let other = try await identity.createToken(name: "other", lifetime: .seconds(60), as: acme.viewer)
            let subject = RoleSubject.token(new.token.id)

            let foreign = await #expect(throws: PortalError.self) {
                try await tenants.addMember(subject, role: .builtIn(.member), to: acme.payments.id, as: acme.manager)
            }
            try await tenants.addMember(subject, role: .builtIn(.member), to: acme.payments.id, as: acme.admin)

            #expect(foreign?.code == .notFound, "tokens of others are not to be found by their id")
            let caller = try #require(try await identity.authenticate(bearer: new.secret))
            #expect(caller.has(.vclustersCreate, onPath: acme.payments.path))
            #expect(Set(caller.bindings.map(\.source)) == [.user, .token])
            let sibling = try #require(try await identity.authenticate(bearer: other.secret))
            #expect(!sibling.has(.vclustersCreate, onPath: acme.payments.path))
            _ = try await identity.setDisabled(true, user: acme.viewer.user.id, as: acme.admin)
            #expect(try await identity.authenticate(bearer: new.secret) == nil)
        }
    }

    @Test func revoke_takesTheTokensThatATokenHasMade() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            func make(_ name: String, by caller: Caller) async throws -> (id: TokenID, secret: String, caller: Caller) {
                let new = try await identity.createToken(name: name, lifetime: .seconds(600), as: caller)
                return (new.token.id, new.secret, try #require(try await identity.authenticate(bearer: new.secret)))
            }
            let first = try await make("first", by: acme.manager)
            let second = try await make("second", by: first.caller)
            let third = try await make("third", by: second.caller)
            let other = try await make("other", by: acme.manager)
            let foreign = try await identity.createToken(
                name: "of the account",
                lifetime: .seconds(600),
                forServiceAccount: account.id,
                as: third.caller
            )

            try await identity.revokeToken(second.id, as: acme.manager)
            try await identity.revokeToken(second.id, as: acme.manager)

            for secret in [second.secret, third.secret, foreign.secret] {
                #expect(try await identity.authenticate(bearer: secret) == nil)
            }
            for secret in [first.secret, other.secret] {
                #expect(try await identity.authenticate(bearer: secret) != nil)
            }
            #expect(foreign.token.makerID == third.id && first.caller.user.id == acme.manager.user.id)
            let audit = AuditService(database: database)
            let revoked = try await audit.list(as: .system("test")).items.filter { $0.verb == "token.revoke" }
            #expect(Set(revoked.map(\.object.id)) == Set([second.id, third.id, foreign.token.id].map(\.description)))
            #expect(revoked.count == 3, "once each")
        }
    }

    @Test func disabling_takesTheTokensThatTheTokensOfAnAccountHaveMade() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let own = try await caller(APITokenScope(), of: acme.manager, identity)
            func make(by caller: Caller) async throws -> NewAPIToken {
                try await identity.createToken(
                    name: "t",
                    lifetime: .seconds(600),
                    forServiceAccount: account.id,
                    as: caller
                )
            }
            let (byToken, inPerson) = (try await make(by: own), try await make(by: acme.manager))

            _ = try await identity.setDisabled(true, user: acme.manager.user.id, as: acme.admin)

            #expect(try await identity.authenticate(bearer: byToken.secret) == nil)
            #expect(try await identity.authenticate(bearer: inPerson.secret) != nil, "no token made it")
        }
    }

    @Test func admins_seeAndRevokeTokensOfOthers() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let new = try await identity.createToken(name: "ci", lifetime: .seconds(60), as: acme.member)
            let owner = acme.member.user.id

            #expect(try await identity.listTokens(of: owner, as: acme.admin).items.map(\.id) == [new.token.id])
            let manager = await #expect(throws: PortalError.self) {
                try await identity.listTokens(of: owner, as: acme.manager)
            }
            #expect(manager?.code == .notFound)
            try await identity.revokeToken(new.token.id, as: acme.admin)
            #expect(try await identity.authenticate(bearer: new.secret) == nil)
        }
    }
}
