import Foundation
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct LockOutTests {
    private let time = ManualTime()
    private static let password = "nine quiet rivers"

    private func service(_ database: PostgresDatabase) async throws -> IdentityService {
        var limits = PortalLimits.testing
        limits.identity.lockOutAfter = 3
        let identity = IdentityService(database: database, time: time, limits: limits)
        _ = try await identity.createUser(
            NewUser(email: "ada@example.com", name: "Ada", password: Self.password),
            as: .system("test")
        )
        return identity
    }

    /// The error of an attempt; nil when it worked.
    private func attempt(
        _ identity: IdentityService,
        _ password: String = "wrong",
        email: String = "ada@example.com",
        from address: String = "192.0.2.1"
    ) async -> PortalError? {
        do {
            _ = try await identity.signIn(email: email, password: password, clientAddress: address)
            return nil
        } catch { return error as? PortalError }
    }

    @Test func lockOut_refusesTheRightPasswordForALongerTimeEachTime() async throws {
        try await withDatabase { database in
            let identity = try await service(database)

            for expected in [60, 120, 240] {
                for _ in 0..<3 { #expect(await attempt(identity)?.code == .unauthenticated) }
                let locked = await attempt(identity, Self.password, from: "198.51.100.7")
                #expect(locked?.code == .rateLimited)
                #expect(locked?.retryAfter == .seconds(expected))
                #expect(locked?.extensions["lockedUntil"] != nil)
                time.advance(by: .seconds(expected - 1))
                #expect(await attempt(identity, Self.password)?.retryAfter == .seconds(1))
                time.advance(by: .seconds(1))
                // Another address, so that its own limit does not hide the lock-out.
                time.advance(by: .seconds(900))
            }
            #expect(await attempt(identity, Self.password) == nil)
            #expect(await attempt(identity)?.code == .unauthenticated, "a sign-in that works begins anew")
        }
    }

    @Test func lockOut_tellsNobodyWhoHasAnAccount() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            var answers: [String: [String]] = [:]

            for email in ["ada@example.com", "nobody@example.com"] {
                for _ in 0..<5 {
                    let error = await attempt(identity, email: email)
                    answers[email, default: []].append("\(error?.code.rawValue ?? "") \(error?.message ?? "")")
                }
            }

            #expect(answers["ada@example.com"] == answers["nobody@example.com"])
            #expect(answers["ada@example.com"]?.last?.hasPrefix("RATE_LIMITED") == true)
        }
    }

    @Test func lockOut_countsAttemptsThatAreMadeAtOnce() async throws {
        try await withDatabase { database in
            let identity = try await service(database)

            let codes = await withTaskGroup(of: PortalError.Code?.self) { group in
                for number in 0..<20 { group.addTask { await attempt(identity, from: "10.0.0.\(number)")?.code } }
                return await group.reduce(into: [PortalError.Code?]()) { $0.append($1) }
            }

            #expect(codes.filter { $0 == .unauthenticated }.count == 3)
            #expect(codes.filter { $0 == .rateLimited }.count == 17)
        }
    }

    @Test func signIn_tellsWhatFailedBefore() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            let first = time.now()
            #expect(await attempt(identity, from: "10.0.0.1")?.code == .unauthenticated)
            time.advance(by: .seconds(60))
            #expect(await attempt(identity, from: "2001:db8::1")?.code == .unauthenticated)
            time.advance(by: .seconds(60))
            #expect(await attempt(identity, from: "10.0.0.1")?.code == .unauthenticated)
            let last = time.now()
            #expect(await attempt(identity)?.code == .rateLimited)
            #expect(await attempt(identity)?.code == .rateLimited)
            time.advance(by: .seconds(3600))

            let signIn = try await identity.signIn(
                email: "ada@example.com",
                password: Self.password,
                clientAddress: "192.0.2.9"
            )
            let caller = try #require(try await identity.authenticate(sessionToken: signIn.token))
            let notices = try await identity.notices(as: caller).items

            let expected = FailedSignIns(
                count: 3,
                refused: 2,
                firstAt: first,
                lastAt: last,
                addresses: ["10.0.0.1", "2001:db8::1"],
                lockOuts: 1
            )
            #expect(signIn.failures == expected)
            #expect(notices.map(\.failures) == [expected])
            #expect(notices.first?.seenAt == nil)
            try await identity.markNoticesSeen(upTo: notices[0].id, as: caller)
            #expect(try await identity.notices(as: caller).items[0].seenAt == time.now())
            let again = try await identity.signIn(
                email: "ada@example.com",
                password: Self.password,
                clientAddress: "192.0.2.9"
            )
            #expect(again.failures == nil)
            let verbs = try await AuditService(database: database).list(as: .system("test")).items.map(\.verb)
            #expect(verbs.filter { $0 == "user.lockOut" }.count == 1, "one row a lock-out, not one an attempt")
        }
    }

    @Test func lockOut_lastsAnHourAtMostAndIsNotKeptGoing() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            func lock() async -> Duration? {
                for _ in 0..<3 { _ = await attempt(identity) }
                return await attempt(identity)?.retryAfter
            }

            #expect(await lock() == .seconds(60))
            time.advance(by: .seconds(59))
            #expect(await attempt(identity)?.code == .rateLimited)
            // A day after the last attempt that was looked at, and less than a day after the one that was refused.
            time.advance(by: .seconds(86_400 - 30))
            #expect(await lock() == .seconds(60), "what a lock-out refuses does not count")
            for _ in 0..<7 {
                time.advance(by: .seconds(3600))
                _ = await lock()
            }
            time.advance(by: .seconds(3600))
            #expect(await lock() == .seconds(3600))
        }
    }

    @Test func resetLink_endsTheLockOut() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            let ada = try #require(try await identity.user(email: "ada@example.com", as: .system("test")))
            for _ in 0..<4 { _ = await attempt(identity) }

            let issued = try await identity.issuePasswordReset(for: ada.id, as: .system("test"))
            try await identity.use(.passwordReset, secret: issued.secret, password: "eleven loud trains")

            #expect(await attempt(identity, "eleven loud trains") == nil)
        }
    }

    @Test func unlock_letsInAtOnceAndKeepsTheNotice() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            let ada = try #require(try await identity.user(email: "ada@example.com", as: .system("test")))
            for _ in 0..<4 { _ = await attempt(identity) }
            #expect(try await identity.lockedUntil(user: ada, as: .system("test")) != nil)

            try await identity.unlock(user: ada.id, as: .system("test"))

            #expect(try await identity.lockedUntil(user: ada, as: .system("test")) == nil)
            let signIn = try await identity.signIn(
                email: "ada@example.com",
                password: Self.password,
                clientAddress: "192.0.2.1"
            )
            #expect(signIn.failures?.count == 3)
        }
    }

    @Test func changePassword_isNotKeptAwayByStrangers() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            let caller = try await caller(identity)
            for _ in 0..<4 { _ = await attempt(identity, from: "10.0.0.1") }
            #expect(await attempt(identity, Self.password)?.code == .rateLimited)

            try await identity.changePassword(from: Self.password, to: "eleven loud trains", as: caller)

            #expect(await attempt(identity, "eleven loud trains")?.code == .rateLimited, "the sign-in stays locked")
        }
    }

    private func caller(_ identity: IdentityService) async throws -> Caller {
        let token = try await identity.signIn(
            email: "ada@example.com",
            password: Self.password,
            clientAddress: "192.0.2.1"
        ).token
        return try #require(try await identity.authenticate(sessionToken: token))
    }

    @Test func changePassword_countsWrongPresentPasswords() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            let caller = try await caller(identity)

            for _ in 0..<3 {
                let error = await #expect(throws: PortalError.self) {
                    try await identity.changePassword(from: "guess", to: "eleven loud trains", as: caller)
                }
                #expect(error?.fields.map(\.field) == ["currentPassword"])
            }
            let locked = await #expect(throws: PortalError.self) {
                try await identity.changePassword(from: Self.password, to: "eleven loud trains", as: caller)
            }
            #expect(locked?.code == .rateLimited)
            let refusals = try await AuditService(database: database).list(as: .system("test")).items
                .filter { $0.verb == "user.changePassword" && $0.result == .refused }
            #expect(refusals.count == 3)
            #expect(await attempt(identity, Self.password) == nil, "the sign-in page is not locked by it")
        }
    }

    @Test func sweep_forgetsUnknownAccountsSoonAndKnownOnesLate() async throws {
        try await withDatabase { database in
            let identity = try await service(database)
            _ = await attempt(identity)
            _ = await attempt(identity, email: "nobody@example.com")
            func rows() async throws -> Int {
                try await database.query("SELECT count(*)::int4 AS n FROM sign_in_locks")[0].decode("n")
            }

            time.advance(by: .seconds(2 * 86_400))
            _ = try await identity.sweep(rowsMax: 10)
            #expect(try await rows() == 1)
            time.advance(by: .seconds(100 * 86_400))
            _ = try await identity.sweep(rowsMax: 10)
            #expect(try await rows() == 0)
        }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("", "", true),
    ])
    func clients_areCountedByTheirNetwork(left: String, right: String, isSame: Bool) {
        #expect((ClientInfo(address: left).network == ClientInfo(address: right).network) == isSame)
    }
}
