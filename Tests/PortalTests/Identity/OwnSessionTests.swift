import Portal
import PortalTesting
import Testing

/// What people see and end of their own sessions, and when they signed in last.
struct OwnSessionTests {
    private let time = ManualTime()

    private func signIn(_ identity: IdentityService, from address: String) async throws -> Caller {
        let signIn = try await identity.signIn(
            email: "member@acme.example",
            password: TestOrganization.password,
            clientAddress: address,
            userAgent: "Firefox"
        )
        return try #require(try await identity.authenticate(sessionToken: signIn.token))
    }

    @Test func sessions_areListedAndEndedByTheirOwner() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let first = try await signIn(identity, from: "192.0.2.1")
            time.advance(by: .seconds(60))
            let second = try await signIn(identity, from: "192.0.2.2")

            let listed = try await identity.sessions(as: second)
            let foreign = await #expect(throws: PortalError.self) {
                try await identity.endSession(listed[0].id, as: acme.admin)
            }
            try await identity.endSession(listed[1].id, as: second)
            let again = await #expect(throws: PortalError.self) {
                try await identity.endSession(listed[1].id, as: second)
            }

            #expect(listed.map(\.clientAddress) == ["192.0.2.2", "192.0.2.1"])
            #expect(listed.map(\.isCurrent) == [true, false])
            #expect(foreign?.code == .notFound && again?.code == .notFound)
            #expect(try await identity.sessions(as: second).count == 1)
            #expect(try await identity.sessions(as: first).map(\.isCurrent) == [false], "its own has ended")
        }
    }

    @Test func others_endAndThisOneStays() async throws {
        try await withDatabase { database in
            _ = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            var callers: [Caller] = []
            for index in 1...3 { callers.append(try await signIn(identity, from: "192.0.2.\(index)")) }

            let ended = try await identity.endOtherSessions(as: callers[2])
            let none = try await identity.endOtherSessions(as: callers[2])

            #expect(ended == 2 && none == 0)
            #expect(try await identity.sessions(as: callers[2]).map(\.isCurrent) == [true])
        }
    }

    @Test func narrowTokens_doNotSeeSessions() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let new = try await identity.createToken(
                name: "narrow",
                lifetime: .seconds(60),
                scope: APITokenScope(permissions: [.vclustersRead]),
                as: acme.member
            )
            let token = try #require(try await identity.authenticate(bearer: new.secret))

            let listed = await #expect(throws: PortalError.self) { try await identity.sessions(as: token) }
            let ended = await #expect(throws: PortalError.self) { try await identity.endOtherSessions(as: token) }

            #expect(listed?.code == .forbidden && ended?.code == .forbidden)
        }
    }

    @Test func lastSignIn_isTheTimeOfTheLastOne() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let identity = IdentityService(database: database, time: time, limits: .testing)
            let id = acme.member.user.id

            let before = try await identity.getUser(id, as: acme.admin).signedInAt
            _ = try await signIn(identity, from: "192.0.2.1")
            time.advance(by: .seconds(3600))
            let caller = try await signIn(identity, from: "192.0.2.1")
            let now = time.now()
            time.advance(by: .seconds(3600))
            _ = try await identity.updatePreferences(UserPreferences(of: caller.user), as: caller)

            #expect(before == nil)
            #expect(try await identity.getUser(id, as: acme.admin).signedInAt == now, "requests are no sign-ins")
        }
    }
}
