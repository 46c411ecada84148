import Foundation
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct SignInTests {
    private let time = ManualTime()

    private func service(_ database: PostgresDatabase, _ limits: PortalLimits = .testing) -> IdentityService {
        IdentityService(database: database, time: time, limits: limits)
    }

    private func addAda(_ identity: IdentityService) async throws -> User {
        try await identity.createUser(
            NewUser(email: "Ada@Example.com", name: "Ada", password: "correct horse battery"),
            as: .system("test")
        )
    }

    @Test func signIn_startsASessionThatAuthenticates() async throws {
        try await withDatabase { database in
            let identity = service(database)
            let ada = try await addAda(identity)

            let signIn = try await identity.signIn(
                email: " ADA@example.com ",
                password: "correct horse battery",
                clientAddress: "::1"
            )
            let caller = try #require(try await identity.authenticate(sessionToken: signIn.token, requestID: "r-1"))

            #expect(signIn.user.id == ada.id)
            #expect(signIn.expiresAt == time.now().advanced(by: .seconds(12 * 3600)))
            #expect(caller.user.id == ada.id && caller.user.signedInAt == time.now())
            #expect(caller.user.email == "ada@example.com")
            #expect(caller.requestID == "r-1")
            #expect(try await identity.authenticate(bearer: signIn.token)?.user.id == ada.id)
            let stored = try await database.query("SELECT token_hash FROM sessions")
            #expect(try stored[0].decode("token_hash", as: [UInt8].self) != Array(signIn.token.utf8))
        }
    }

    @Test func session_isNotStartedByAPasswordThatIsNoneAnyMore() async throws {
        try await withDatabase { database in
            let identity = service(database)
            let ada = try await addAda(identity)
            let stored = try await database.query(UserQueries.passwordHash(of: ada.id)).first
            let hash: String = try #require(try stored?.decode("password_hash"))
            // The password was right; then its owner came by a provider, which ended every session.
            let late = NewSignIn(user: ada, client: ClientInfo(address: "::1"), provider: nil, passwordHash: hash)
            _ = try await database.execute(UserQueries.removePassword(of: ada.id, at: time.now()))

            let refused = await #expect(throws: PortalError.self) { try await identity.startSession(late) }

            #expect(refused?.code == .unauthenticated)
            #expect(try await database.query("SELECT id FROM sessions").isEmpty)
        }
    }

    @Test func signIn_tellsNobodyWhyItFailed() async throws {
        try await withDatabase { database in
            let identity = service(database)
            let ada = try await addAda(identity)
            let bob = try await identity.createUser(
                NewUser(email: "bob@example.com", name: "Bob", password: "correct horse battery"),
                as: .system("test")
            )
            _ = try await identity.setDisabled(true, user: bob.id, as: .system("test"))
            let attempts = [
                ("ada@example.com", "wrong"), ("nobody@example.com", "correct horse battery"),
                ("bob@example.com", "correct horse battery"),
                ("", ""), ("ada@example.com\0", "correct horse battery"), (String(repeating: "a", count: 5000), "x"),
                ("ada@example.com", String(repeating: "x", count: 5000)),
            ]

            var messages: Set<String> = []
            for (email, password) in attempts {
                let error = await #expect(throws: PortalError.self) {
                    try await identity.signIn(email: email, password: password, clientAddress: "::1")
                }
                #expect(error?.code == .unauthenticated)
                messages.insert(error?.message ?? "")
            }

            #expect(messages.count == 1)
            let refused = try await AuditService(database: database).list(as: .system("test"))
                .items.filter { $0.result == .refused }
            #expect(refused.count == attempts.count)
            #expect(refused.contains { $0.object.id == ada.id.description })
            #expect(refused.allSatisfy { $0.object.name.isEmpty || $0.object.name.hasSuffix("@example.com") })
        }
    }

    @Test func signIn_isLimitedPerEmailAndAddress() async throws {
        try await withDatabase { database in
            var limits = PortalLimits.testing
            limits.identity.signInsPerPairMax = 3
            let identity = service(database, limits)
            _ = try await addAda(identity)
            func attempt(_ password: String, from address: String) async -> PortalError? {
                do {
                    _ = try await identity.signIn(email: "ada@example.com", password: password, clientAddress: address)
                    return nil
                } catch { return error as? PortalError }
            }

            for _ in 0..<3 { #expect(await attempt("wrong", from: "10.0.0.1")?.code == .unauthenticated) }
            let blocked = await attempt("correct horse battery", from: "10.0.0.1")
            #expect(blocked?.code == .rateLimited)
            #expect(blocked?.retryAfter == .seconds(900))
            #expect(
                await attempt("correct horse battery", from: "10.0.0.2") == nil,
                "another address is not locked out"
            )

            time.advance(by: .seconds(901))
            #expect(await attempt("correct horse battery", from: "10.0.0.1") == nil)
            for _ in 0..<3 { #expect(await attempt("wrong", from: "10.0.0.1")?.code == .unauthenticated) }
        }
    }

    @Test func signIn_isLimitedPerAddressAndParallelGuessesCount() async throws {
        try await withDatabase { database in
            var limits = PortalLimits.testing
            limits.identity.signInsPerAddressMax = 5
            let identity = service(database, limits)

            let codes = await withTaskGroup(of: PortalError.Code?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await identity.signIn(
                                email: "user\(number)@example.com",
                                password: "guess",
                                clientAddress: "10.0.0.1"
                            )
                            return nil
                        } catch { return (error as? PortalError)?.code }
                    }
                }
                return await group.reduce(into: [PortalError.Code?]()) { $0.append($1) }
            }

            #expect(codes.filter { $0 == .unauthenticated }.count == 5)
            #expect(codes.filter { $0 == .rateLimited }.count == 15)
        }
    }

    @Test func session_slidesWithUseAndEndsAtLast() async throws {
        try await withDatabase { database in
            let identity = service(database)
            _ = try await addAda(identity)
            let token = try await identity.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            ).token

            // Used every 11 hours it lives for 7 days, although 12 idle hours end it.
            for _ in 0..<15 {
                time.advance(by: .seconds(11 * 3600))
                #expect(try await identity.authenticate(sessionToken: token) != nil)
            }
            time.advance(by: .seconds(4 * 3600))
            #expect(try await identity.authenticate(sessionToken: token) == nil)

            let idle = try await identity.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            )
            .token
            time.advance(by: .seconds(12 * 3600))
            #expect(try await identity.authenticate(sessionToken: idle) == nil)
            #expect(try await identity.sweep(rowsMax: 10) >= 2)
        }
    }

    @Test func session_writesItsUseOncePerMinute() async throws {
        try await withDatabase { database in
            let identity = service(database)
            _ = try await addAda(identity)
            let token = try await identity.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            ).token
            let start = time.now()
            func lastSeen() async throws -> Date {
                try await database.query("SELECT last_seen_at FROM sessions")[0].decode("last_seen_at")
            }

            time.advance(by: .seconds(59))
            _ = try await identity.authenticate(sessionToken: token)
            #expect(try await lastSeen() == start)

            time.advance(by: .seconds(1))
            _ = try await identity.authenticate(sessionToken: token)
            #expect(try await lastSeen() == time.now())
        }
    }

    @Test func signOut_endsTheSession() async throws {
        try await withDatabase { database in
            let identity = service(database)
            _ = try await addAda(identity)
            let token = try await identity.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            ).token
            let caller = try #require(try await identity.authenticate(sessionToken: token))

            try await identity.signOut(sessionToken: token, as: caller)
            try await identity.signOut(sessionToken: token, as: caller)

            #expect(try await identity.authenticate(sessionToken: token) == nil)
            #expect(try await identity.authenticate(sessionToken: "nonsense") == nil)
            #expect(try await identity.authenticate(bearer: "ovp_nonsense") == nil)
        }
    }

    @Test func sessions_areBoundedPerUser() async throws {
        try await withDatabase { database in
            var limits = PortalLimits.testing
            limits.identity.sessionsPerUserMax = 2
            let identity = service(database, limits)
            _ = try await addAda(identity)

            var tokens: [String] = []
            for _ in 0..<3 {
                time.advance(by: .seconds(1))
                tokens.append(
                    try await identity.signIn(
                        email: "ada@example.com",
                        password: "correct horse battery",
                        clientAddress: ""
                    )
                    .token
                )
            }

            #expect(try await identity.authenticate(sessionToken: tokens[0]) == nil)
            #expect(try await identity.authenticate(sessionToken: tokens[1]) != nil)
            #expect(try await identity.authenticate(sessionToken: tokens[2]) != nil)
        }
    }

    @Test func signIn_storesAStrongerHashWhenTheCostHasGrown() async throws {
        try await withDatabase { database in
            _ = try await addAda(service(database))
            var limits = PortalLimits.testing
            limits.identity.passwordCost = try #require(ScryptCost(costExponent: 5, blockSize: 8, parallelism: 1))
            let stronger = service(database, limits)

            _ = try await stronger.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            )

            let hash: String = try await database.query("SELECT password_hash FROM users")[0].decode("password_hash")
            #expect(hash.hasPrefix("$scrypt$ln=5,"))
            _ = try await stronger.signIn(
                email: "ada@example.com",
                password: "correct horse battery",
                clientAddress: ""
            )
        }
    }
}
