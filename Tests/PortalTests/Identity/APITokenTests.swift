import Portal
import PortalTesting
import Postgres
import Testing

struct APITokenTests {
    private let time = ManualTime()

    @Test func token_authenticatesItsOwnerUntilItExpires() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)

            let new = try await identity.createToken(name: " ci ", lifetime: .seconds(3600), as: acme.member)
            let caller = try #require(try await identity.authenticate(bearer: new.secret))

            #expect(new.secret.hasPrefix("ovp_"))
            #expect(new.token.name == "ci")
            #expect(caller.user.id == acme.member.user.id)
            #expect(caller.via == .token(new.token.id))
            #expect(caller.bindings == acme.member.bindings)
            #expect(try await identity.listTokens(as: acme.member).items.first?.lastUsedAt == time.now())
            #expect(try await identity.authenticate(sessionToken: new.secret) == nil)
            time.advance(by: .seconds(3600))
            #expect(try await identity.authenticate(bearer: new.secret) == nil)
        }
    }

    @Test func revoke_stopsTheTokenAndIsForItsOwner() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let new = try await identity.createToken(name: "ci", lifetime: .seconds(3600), as: acme.member)

            let foreign = await #expect(throws: PortalError.self) {
                try await identity.revokeToken(new.token.id, as: acme.stranger)
            }
            #expect(foreign?.code == .notFound)
            try await identity.revokeToken(new.token.id, as: acme.member)
            try await identity.revokeToken(new.token.id, as: acme.member)

            #expect(try await identity.authenticate(bearer: new.secret) == nil)
            let listed = try await identity.listTokens(as: acme.member).items
            #expect(!listed[0].isUsable(at: time.now()))
            #expect(listed[0].revokedAt != nil)
            #expect(try await identity.listTokens(as: acme.stranger).items.isEmpty)
        }
    }

    @Test func create_checksNameLifeAndNumber() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            var limits = PortalLimits.testing
            limits.identity.tokensPerUserMax = 3
            let identity = IdentityService(database: database, time: time, limits: limits)

            for lifetime in [Duration.seconds(0), .seconds(-5), .seconds(400 * 86400)] {
                let error = await #expect(throws: PortalError.self) {
                    try await identity.createToken(name: "", lifetime: lifetime, as: acme.member)
                }
                #expect(error?.fields.map(\.field) == ["name", "expiresAt"])
            }
            let created = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let new = try? await identity.createToken(
                            name: "\(number)",
                            lifetime: .seconds(60),
                            as: acme.member
                        )
                        return new != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(created == 3)
            let nobody = await #expect(throws: PortalError.self) {
                try await identity.createToken(name: "x", lifetime: .seconds(60), as: acme.nobody)
            }
            #expect(nobody?.code == .forbidden)
        }
    }

    @Test func create_forAnotherIsForTheCommandLine() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            func create(_ email: String, as caller: Caller) async throws -> NewAPIToken {
                try await identity.createToken(name: "script", lifetime: .seconds(60), forUser: email, as: caller)
            }

            let new = try await create("MEMBER@acme.example", as: .system("test"))
            #expect(try await identity.authenticate(bearer: new.secret)?.user.id == acme.member.user.id)
            let unknown = await #expect(throws: PortalError.self) {
                try await create("x@acme.example", as: .system("test"))
            }
            let admin = await #expect(throws: PortalError.self) {
                try await create("member@acme.example", as: acme.admin)
            }
            #expect(unknown?.code == .notFound)
            #expect(admin?.code == .forbidden)
        }
    }

    @Test func list_pagesNewestFirst() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            for number in 0..<5 {
                _ = try await identity.createToken(name: "\(number)", lifetime: .seconds(60), as: acme.member)
            }

            let first = try await identity.listTokens(try PageRequest(size: 3), as: acme.member)
            let second = try await identity.listTokens(
                try PageRequest(size: 3, token: first.nextPageToken),
                as: acme.member
            )

            #expect((first.items + second.items).map(\.name) == ["4", "3", "2", "1", "0"])
            #expect(second.nextPageToken == nil)
        }
    }
}
