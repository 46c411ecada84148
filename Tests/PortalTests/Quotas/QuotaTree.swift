import FoundationEssentials
@testable import Portal
import PortalTesting
import Postgres

/// The tree of a case in a database.
struct QuotaTree: Sendable {
    let database: ScopedDatabase
    let ids: [String: TenantID]
    let users: [String: UserID]
    /// The reservations of the case, in its order.
    let reservations: [QuotaReservation]

    static let now = Date(timeIntervalSince1970: 1_780_000_000)

    /// Makes tenants, users and reservations first and sets the limits last, so that nothing is refused.
    static func make(_ quotaCase: QuotaCase, in postgres: PostgresDatabase) async throws -> QuotaTree {
        let database = PortalDatabase(postgres).elevated(for: .quotaChain)
        var paths: [String: [TenantID]] = [:]
        var users: [String: UserID] = [:]
        let new: [QuotaCase.Given] = if case .reserve(let given) = quotaCase.action { [given] } else { [] }
        for name in Set((quotaCase.given + new).compactMap(\.owner)).sorted() {
            let user = User.make(email: "\(name)@acme.example", name: name)
            try await database.execute(QuotaTestQueries.insertUser(user.id, name: name, at: now))
            users[name] = user.id
        }
        for place in quotaCase.places {
            let above = place.parent.flatMap { paths[$0] } ?? []
            let tenant = Tenant.make(name: place.name, below: above)
            paths[place.name] = tenant.path
            try await database.execute(TenantQueries.insert(tenant, createdBy: nil))
        }
        let ids = paths.compactMapValues(\.last)
        let reservations = try quotaCase.given.map { try reservation($0, ids: ids, users: users) }
        for reservation in reservations {
            try await database.transaction { try await QuotaAdmission($0, at: now).reserve(reservation) }
        }
        for place in quotaCase.places {
            guard let id = ids[place.name] else { continue }
            try await database.transaction { transaction in
                try await transaction.pipeline(
                    [QuotaQueries.lock(at: now)] + QuotaLimitQueries.replace(place.limits, of: id, by: nil, at: now)
                )
            }
        }
        for loan in quotaCase.loans {
            try await lend(loan, ids: ids, in: database)
        }
        return QuotaTree(database: database, ids: ids, users: users, reservations: reservations)
    }

    /// Lends some time ago; nobody asks whether it may be lent.
    private static func lend(_ loan: QuotaCase.Loan, ids: [String: TenantID], in database: ScopedDatabase) async throws
    {
        guard let lender = ids[loan.lender], let borrower = ids[loan.borrower] else { return }
        let then = now.addingTimeInterval(-3600)
        let row = QuotaLoan(
            id: QuotaLoanID(),
            lenderID: lender,
            lenderName: nil,
            borrowerID: borrower,
            borrowerName: nil,
            amounts: loan.amounts,
            reason: "a case",
            createdAt: then,
            endsAt: loan.hasEnded ? now : now.addingTimeInterval(1)
        )
        try await database.transaction { transaction in
            try await transaction.pipeline(
                [QuotaQueries.lock(at: then)] + QuotaLoanQueries.insert(row, createdBy: nil)
                    + [QuotaLimitQueries.refresh(lender), QuotaLimitQueries.refresh(borrower)]
            )
        }
    }

    /// Does the action of the case in the database.
    ///
    /// - Returns: The refusal, nil when it was done.
    func refusal(of action: QuotaCase.Action) async throws -> QuotaRefusal? {
        do {
            try await database.transaction { transaction in
                let admission = QuotaAdmission(transaction, at: Self.now)
                switch action {
                case .reserve(let given):
                    try await admission.reserve(try Self.reservation(given, ids: ids, users: users))
                case .resize(let index, let amounts):
                    var reservation = reservations[index]
                    reservation.amounts = amounts
                    try await admission.reserve(reservation)
                case .reclassify(let index, let qosClass):
                    var reservation = reservations[index]
                    reservation.qosClass = qosClass
                    try await admission.reserve(reservation)
                case .move(let tenant, let target):
                    try await move(tenant, to: target, admission, transaction)
                }
            }
            return nil
        } catch let refusal as QuotaRefusal {
            return refusal
        }
    }

    /// The differences between counters and reservations, empty when there are none.
    func drift() async throws -> [String] {
        try await database.query(QuotaTestQueries.drift()).map { row in
            "\(try row.decode("name", as: String.self)) \(try row.decode("dimension", as: String.self))"
        }
    }

    private func move(
        _ name: String,
        to target: String,
        _ admission: QuotaAdmission,
        _ transaction: PortalTransaction
    ) async throws {
        guard let id = ids[name], let parent = ids[target] else { return }
        let rows = try await transaction.pipeline([TenantQueries.byID(id), TenantQueries.byID(parent)])
        guard let old = try rows[0].first.map({ try Tenant(row: $0) }),
            let new = try rows[1].first.map({ try Tenant(row: $0) })
        else { return }
        try await transaction.execute(QuotaTestQueries.move(old, below: new))
        try await admission.move(id, from: Array(old.path.dropLast()), to: new.path)
    }

    private static func reservation(
        _ given: QuotaCase.Given,
        ids: [String: TenantID],
        users: [String: UserID]
    ) throws -> QuotaReservation {
        guard let tenantID = ids[given.tenant] else { throw PortalError.notFound("tenant") }
        var reservation = QuotaReservation(
            hold: UUID(),
            of: given.amounts,
            at: tenantID,
            ownerID: given.owner.flatMap { users[$0] },
            class: given.qosClass,
            until: now.addingTimeInterval(3600)
        )
        if !given.isHeld {
            reservation.kind = .live
            reservation.expiresAt = nil
        }
        return reservation
    }
}
