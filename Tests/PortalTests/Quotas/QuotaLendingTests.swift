import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Loans between siblings: what may be lent, what counts when, and how a loan ends.
struct QuotaLendingTests {
    private static let week = Duration.seconds(7 * 86400)

    /// Payments lends to Platform, in the name of the manager of Engineering unless told.
    @discardableResult
    private func lend(
        _ amounts: [QuotaDimension: Int64],
        _ engine: Engine,
        from lender: TenantID? = nil,
        to borrower: TenantID? = nil,
        for duration: Duration = week,
        as caller: Caller? = nil
    ) async throws -> QuotaLoan {
        try await engine.services.quotas.lend(
            NewQuotaLoan(
                borrowerID: borrower ?? engine.acme.platform.id,
                amounts: QuotaAmounts(amounts),
                endsAt: engine.time.now().advanced(by: duration),
                reason: "load test"
            ),
            from: lender ?? engine.acme.payments.id,
            as: caller ?? engine.acme.manager
        )
    }

    private func limitBoth(_ engine: Engine, cpu: Int64 = 4000) async throws {
        try await engine.limit(engine.acme.payments.id, [.cpu: cpu, .vclusters: 10])
        try await engine.limit(engine.acme.platform.id, [.cpu: cpu, .vclusters: 10])
    }

    private func row(_ id: TenantID, _ engine: Engine) async throws -> QuotaReport.Row? {
        try await engine.services.quotas.report(of: id, as: engine.acme.manager).rows.first { $0.dimension == .cpu }
    }

    /// Reserves cores of a tenant as a hold; nil when it was admitted.
    private func reserve(_ cpu: Int64, at id: TenantID, _ engine: Engine) async throws -> QuotaRefusal? {
        let now = engine.time.now()
        let hold = QuotaReservation(
            hold: UUID(),
            of: QuotaAmounts([.cpu: cpu]),
            at: id,
            ownerID: nil,
            until: now.addingTimeInterval(86400 * 365)
        )
        do {
            try await PortalDatabase(engine.database).elevated(for: .quotaChain).transaction { transaction in
                try await QuotaAdmission(transaction, at: now).hold(hold)
            }
            return nil
        } catch let refusal as QuotaRefusal {
            return refusal
        }
    }

    @Test func lend_movesALimitUntilItsEnd() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            #expect(try await reserve(4001, at: engine.acme.platform.id, engine)?.limit == 4000)

            let loan = try await lend([.cpu: 1500], engine)

            #expect(loan.lenderName == "Payments" && loan.borrowerName == "Platform" && loan.counts)
            let lender = try #require(try await row(engine.acme.payments.id, engine))
            let borrower = try #require(try await row(engine.acme.platform.id, engine))
            #expect(lender.limit.amount == 2500 && lender.lent == 1500 && lender.borrowed == 0)
            #expect(borrower.limit.amount == 5500 && borrower.borrowed == 1500 && borrower.headroom == 5500)
            #expect(try await reserve(5500, at: engine.acme.platform.id, engine) == nil)
            #expect(try await reserve(2501, at: engine.acme.payments.id, engine)?.limit == 2500)

            // No sweeper has run: who comes first after the end takes it back.
            engine.time.advance(by: Self.week)
            #expect(try await reserve(2501, at: engine.acme.payments.id, engine) == nil)
            let over = try await reserve(1, at: engine.acme.platform.id, engine)
            #expect(over?.limit == 4000 && over?.used == 5500, "over its limit afterwards: growth alone is refused")
            #expect(try await row(engine.acme.platform.id, engine)?.isOver == true)
        }
    }

    @Test func lend_isExactToTheMoment() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            try await lend([.cpu: 1000], engine, for: .seconds(10))

            engine.time.advance(by: .milliseconds(9999))
            #expect(try await reserve(5000, at: engine.acme.platform.id, engine) == nil)
            engine.time.advance(by: .milliseconds(1))
            #expect(try await reserve(1, at: engine.acme.platform.id, engine)?.limit == 4000)
        }
    }

    @Test func lend_refusesWhatTheLenderNeedsOrHasBorrowed() async throws {
        try await Engine.with(workers: 0) { engine in
            func message(_ body: () async throws -> QuotaLoan) async -> String? {
                let error = await #expect(throws: PortalError.self) { try await body() }
                #expect(error?.code == .invalidArgument)
                return error?.fields.first.map { "\($0.field): \($0.message)" }
            }
            let none = await message { try await lend([.cpu: 1], engine) }
            #expect(none?.contains("has no limit of its own") == true)
            try await limitBoth(engine)
            #expect(try await reserve(3000, at: engine.acme.payments.id, engine) == nil)

            #expect(await message { try await lend([.cpu: 1001], engine) }?.contains("at most 1") == true)
            try await lend([.cpu: 600], engine)
            #expect(await message { try await lend([.cpu: 401], engine) }?.contains("at most 400m") == true)
            let back = await message {
                try await lend([.cpu: 1], engine, from: engine.acme.platform.id, to: engine.acme.payments.id)
            }
            #expect(back?.contains("has borrowed") == true, "no circles")
            // Another dimension is another matter.
            try await lend([.vclusters: 1], engine, from: engine.acme.platform.id, to: engine.acme.payments.id)
            let unlimited = await message { try await lend([.cpu: 1], engine, to: TenantID()) }
            #expect(unlimited?.hasPrefix("toTenantId") == true)
            for other in [engine.acme.data.id, engine.acme.payments.id, engine.acme.engineering.id] {
                #expect(await message { try await lend([.cpu: 1], engine, to: other) }?.hasPrefix("toTenantId") == true)
            }
            let past = await message { try await lend([.cpu: 1], engine, for: .zero) }
            #expect(past?.hasPrefix("until") == true)
        }
    }

    @Test func lend_countsOvercommit() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let patch = try QuotaLimitsPatch(validating: ["overcommit": ["cpu": 2]])
            _ = try await engine.services.quotas.setLimits(patch, of: engine.acme.payments.id, as: engine.acme.admin)
            // 4 cores twice are 8; 5.001 of them need 2.501.
            #expect(try await reserve(5001, at: engine.acme.payments.id, engine) == nil)

            let error = await #expect(throws: PortalError.self) { try await lend([.cpu: 1500], engine) }
            try await lend([.cpu: 1499], engine)

            #expect(error?.fields.first?.message.contains("1499m") == true)
        }
    }

    @Test func lend_needsAManagerOfTheLenderAndHidesTheRest() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let acme = engine.acme
            func code(_ caller: Caller) async -> PortalError.Code? {
                do {
                    try await lend([.cpu: 1], engine, as: caller)
                    return nil
                } catch { return (error as? PortalError)?.code }
            }
            #expect(await code(acme.member) == .forbidden)
            #expect(await code(acme.stranger) == .notFound)

            // A manager of the lender alone sees neither the name nor the quota of the other side.
            let own = Caller.make(acme.nobody.user, [(.manager, acme.payments)])
            let loan = try await lend([.cpu: 100], engine, as: own)
            #expect(loan.lenderName == "Payments" && loan.borrowerName == nil)
            let quotas = engine.services.quotas
            let early = await #expect(throws: PortalError.self) { try await quotas.returnLoan(loan.id, as: own) }
            #expect(early?.code == .forbidden, "a loan is a promise")
            let unseen = await #expect(throws: PortalError.self) {
                try await quotas.returnLoan(loan.id, as: acme.stranger)
            }
            #expect(unseen?.code == .notFound)
            #expect(try await quotas.loans(of: acme.platform.id, as: acme.manager).items.map(\.id) == [loan.id])
        }
    }

    @Test func returnLoan_endsItOnceAndForBothSides() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let quotas = engine.services.quotas
            let loan = try await lend([.cpu: 1000], engine)
            let borrower = Caller.make(engine.acme.nobody.user, [(.manager, engine.acme.platform)])

            let returned = try await quotas.returnLoan(loan.id, as: borrower)
            let again = try await quotas.returnLoan(loan.id, as: borrower)

            #expect(!returned.counts && returned.returnedAt == engine.time.now() && again == returned)
            #expect(try await row(engine.acme.payments.id, engine)?.limit.amount == 4000)
            let verbs = try await engine.services.audit.list(as: .system("test")).items.map(\.verb)
            #expect(verbs.count { $0 == "quota.lend" } == 2 && verbs.count { $0 == "quota.return" } == 2)
        }
    }

    @Test func sweeper_recordsTheEndOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let loan = try await lend([.cpu: 1000], engine, for: .seconds(60))
            #expect(try await engine.services.keepers.sweeper.runOnce() == QuotaSweeper.Pass())
            engine.time.advance(by: .seconds(3600))

            async let first = engine.services.keepers.sweeper.runOnce()
            async let second = try engine.another("second").keepers.sweeper.runOnce()
            let passes = try await [first, second]

            #expect(passes.map(\.loans).reduce(0, +) == 1)
            let ended = try await engine.services.quotas.loan(loan.id, as: engine.acme.manager)
            #expect(!ended.counts && ended.returnedAt == loan.endsAt, "recorded as of its end, not of the sweep")
            #expect(try await row(engine.acme.platform.id, engine)?.limit.amount == 4000)
            let verbs = try await engine.services.audit.list(as: .system("test")).items.map(\.verb)
            #expect(verbs.count { $0 == "quota.return" } == 2)
        }
    }

    @Test func setLimits_keepsWhatIsLent() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let quotas = engine.services.quotas
            let id = engine.acme.payments.id
            try await lend([.cpu: 1500], engine)
            func set(_ cpu: JSONValue) async throws -> QuotaReport {
                let patch = try QuotaLimitsPatch(validating: ["limits": ["cpu": cpu]])
                return try await quotas.setLimits(patch, of: id, as: engine.acme.manager)
            }

            // Another dimension must not write the smaller limit back.
            let other = try QuotaLimitsPatch(validating: ["limits": ["pods": 5]])
            let report = try await quotas.setLimits(other, of: id, as: engine.acme.manager)
            #expect(report.limits[.cpu].amount == 4000)
            #expect(try await set("5").rows.first { $0.dimension == .cpu }?.limit.amount == 3500)
            #expect(try await set("1500m").rows.first { $0.dimension == .cpu }?.limit.amount == 0)
            for amount: JSONValue in ["1499m", .null] {
                let error = await #expect(throws: PortalError.self) { _ = try await set(amount) }
                #expect(error?.code == .conflict && error?.message.contains("has lent 1500m cpu") == true)
            }
            let preview = try await quotas.preview(
                try QuotaLimitsPatch(validating: ["limits": ["cpu": "2"]]),
                of: id,
                as: engine.acme.manager
            )
            #expect(preview.violations.isEmpty)
        }
    }

    @Test func refusal_asksForTheLimitAsItIsSet() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            try await lend([.cpu: 1500], engine)

            let refusal = try await engine.refusal {
                try await engine.create("big", spec: ["quota": ["cpu": "3", "memory": "1Gi"]])
            }

            // 2.5 cores are left of 4; 3 and the 200m of the control plane are 700m too much.
            #expect(refusal?.extensions["limit"] == "2500m" && refusal?.extensions["missing"] == "700m")
            #expect(refusal?.extensions["request"]?["body"]?["limits"]?["cpu"] == "4700m")
        }
    }

    @Test func lendable_tellsWhatCanBeLent() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            #expect(try await reserve(1000, at: engine.acme.payments.id, engine) == nil)
            #expect(try await row(engine.acme.payments.id, engine)?.lendable == 3000)

            try await lend([.cpu: 500], engine)

            #expect(try await row(engine.acme.payments.id, engine)?.lendable == 2500)
            #expect(try await row(engine.acme.platform.id, engine)?.lendable == 0, "what was borrowed is not lent on")
            #expect(try await row(engine.acme.engineering.id, engine)?.lendable == nil)
        }
    }

    @Test func strictParents_keepTheirInvariants() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            try await engine.limit(engine.acme.engineering.id, [.cpu: 8000])
            let strict = try QuotaLimitsPatch(validating: ["strict": true])
            let quotas = engine.services.quotas
            _ = try await quotas.setLimits(strict, of: engine.acme.engineering.id, as: engine.acme.admin)
            try await lend([.cpu: 1000], engine)
            #expect(try await reserve(5000, at: engine.acme.platform.id, engine) == nil)
            #expect(try await reserve(3001, at: engine.acme.payments.id, engine) != nil)

            // With another overcommit at the borrower the slices would be worth more than the parent has.
            _ = try await quotas.returnLoan(
                try await quotas.loans(of: engine.acme.payments.id, as: engine.acme.manager).items[0].id,
                as: engine.acme.manager
            )
            try await engine.limit(engine.acme.platform.id, [.cpu: 2000])
            let factor = try QuotaLimitsPatch(validating: ["overcommit": ["cpu": 2]])
            _ = try await quotas.setLimits(factor, of: engine.acme.platform.id, as: engine.acme.manager)
            let error = await #expect(throws: PortalError.self) { try await lend([.cpu: 1000], engine) }
            #expect(error?.code == .quotaExceeded && error?.extensions["reason"] == "slices")
        }
    }

    @Test func moveAndArchive_waitForLoans() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)
            let acme = engine.acme
            let loan = try await lend([.cpu: 1000], engine)
            let tenants = engine.services.tenants
            for side in [acme.payments.id, acme.platform.id] {
                let moved = await #expect(throws: PortalError.self) {
                    try await tenants.move(side, to: acme.data.id, as: acme.admin)
                }
                #expect(moved?.code == .conflict && moved?.extensions["openLoans"] == 1)
                let archived = await #expect(throws: PortalError.self) {
                    try await tenants.archive(side, as: acme.admin)
                }
                #expect(archived?.extensions["openLoans"] == 1)
            }
            // Both together may move: they stay siblings.
            _ = try await tenants.move(acme.engineering.id, to: acme.data.id, as: acme.admin)
            _ = try await tenants.move(acme.engineering.id, to: acme.root.id, as: acme.admin)

            _ = try await engine.services.quotas.returnLoan(loan.id, as: acme.admin)
            _ = try await tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
        }
    }

    @Test func lend_neverLendsTheSameTwiceHoweverManyAskAtOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            try await limitBoth(engine)

            let lent = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 {
                    group.addTask { (try? await lend([.cpu: 1000], engine)) != nil }
                }
                return await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }

            #expect(lent == 4)
            #expect(try await row(engine.acme.payments.id, engine)?.limit.amount == 0)
            #expect(try await row(engine.acme.platform.id, engine)?.limit.amount == 8000)
        }
    }
}
