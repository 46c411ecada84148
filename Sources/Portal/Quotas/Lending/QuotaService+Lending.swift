import FoundationEssentials
import JSON
import Postgres

extension QuotaService {
    /// Lends a part of a tenant's own limits to a sibling until a date; it returns by itself.
    ///
    /// - Parameters:
    ///   - new: What is lent, to whom, until when and why.
    ///   - lenderID: Who lends; the caller manages quotas there.
    ///   - caller: Who asks.
    /// - Returns: The loan, which counts from now on.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidArgument` with every wrong field, also for a borrower
    ///   that is no sibling and for more than can be lent, `.quotaExceeded` (reason `slices`) when overcommit factors
    ///   differ below a strict parent that then would hand out too much; `PostgresError`.
    /// - Note: Shares the tree, so neither side can move, then takes the lock of all quotas.
    public func lend(_ new: NewQuotaLoan, from lenderID: TenantID, as caller: Caller) async throws -> QuotaLoan {
        let now = time.now()
        // Before what is wrong with the wish: who does not see the lender learns nothing else.
        _ = try await tenant(lenderID, requiring: .quotasRead, as: caller)
        let new = try checked(new, at: now)
        do {
            return try await database.as(caller).transaction { transaction in
                let lender = try await manageableLender(lenderID, as: caller, in: transaction)
                let quotas = transaction.elevated(for: .quotaChain)
                let borrower = try await Self.sibling(new.borrowerID, of: lender, in: quotas)
                try await quotas.query(QuotaQueries.lock(at: now))
                try await checkCount(lender, in: quotas)
                let sides = try await Self.sides(lender, borrower, in: quotas)
                let problems = QuotaLoanRule.problems(of: new.amounts, from: sides.lender, to: sides.borrower)
                if !problems.isEmpty { throw PortalError.invalid(problems) }
                let loan = QuotaLoan(new, from: lender, at: now)
                let above = [lender.parentID].compactMap(\.self)
                let was = try await QuotaSnapshot.load(above, in: quotas)
                try await quotas.pipeline(
                    QuotaLoanQueries.insert(loan, createdBy: caller.userID)
                        + [QuotaLimitQueries.refresh(lender.id), QuotaLimitQueries.refresh(borrower.id)]
                )
                // Between tenants with other overcommit factors it changes what a strict parent has handed out.
                let becomes = try await QuotaSnapshot.load(above, in: quotas)
                for parent in above { try becomes.requireSlices(at: parent, since: was, of: parent) }
                try await audit(.quotaLend, loan, lender, borrower, by: caller, at: now, in: quotas)
                return try await Self.loan(loan.id, in: transaction)
            }
        } catch let refusal as QuotaRefusal {
            throw try await QuotaContacts.explain(refusal, to: caller, in: database)
        }
    }

    /// The loans of a tenant on either side, newest first, with those that have ended.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `quotas.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func loans(
        of id: TenantID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<QuotaLoan> {
        _ = try await tenant(id, requiring: .quotasRead, as: caller)
        let before: QuotaLoanID? = try page.position(in: "loans")
        let rows = try await database.as(caller).query(
            QuotaLoanQueries.page(of: id, before: before, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try QuotaLoan(row: $0) }, request: page, list: "loans", position: \.id)
    }

    /// Gives a loan back before its end.
    ///
    /// A loan is a promise: the borrower gives it back, or who manages quotas above both; the lender alone cannot.
    ///
    /// - Returns: The loan; unchanged when it had ended.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`; `PostgresError`.
    public func returnLoan(_ id: QuotaLoanID, as caller: Caller) async throws -> QuotaLoan {
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            try await transaction.query(TenantQueries.shareTree)
            let loan = try await Self.loan(id, in: transaction)
            let quotas = transaction.elevated(for: .quotaChain)
            let lender = try await Self.tenant(loan.lenderID, in: quotas)
            let borrower = try await Self.tenant(loan.borrowerID, in: quotas)
            guard caller.has(.quotasRead, onPath: lender.path) || caller.has(.quotasRead, onPath: borrower.path) else {
                throw PortalError.notFound("loan")
            }
            let above = Array(borrower.path.dropLast())
            guard caller.has(.quotasManage, onPath: borrower.path) || caller.has(.quotasManage, onPath: above) else {
                throw PortalError.forbidden(.quotasManage)
            }
            try await quotas.query(QuotaQueries.lock(at: now))
            guard try await quotas.query(QuotaLoanQueries.end(id, at: now)).first != nil else { return loan }
            try await quotas.pipeline([
                QuotaLimitQueries.refresh(lender.id), QuotaLimitQueries.refresh(borrower.id),
            ])
            try await audit(.quotaReturn, loan, lender, borrower, by: caller, at: now, in: quotas)
            return try await Self.loan(id, in: transaction)
        }
    }

    /// One loan.
    ///
    /// - Throws: `PortalError` `.notFound` for who may read the quota of neither side; `PostgresError`.
    public func loan(_ id: QuotaLoanID, as caller: Caller) async throws -> QuotaLoan {
        try await database.as(caller).transaction(readOnly: true) { transaction in
            let loan = try await Self.loan(id, in: transaction)
            let quotas = transaction.elevated(for: .quotaChain)
            for side in [loan.lenderID, loan.borrowerID] {
                let path = try await Self.tenant(side, in: quotas).path
                if caller.has(.quotasRead, onPath: path) { return loan }
            }
            throw PortalError.notFound("loan")
        }
    }

    /// Refuses a change of a tenant's place while it lends or borrows: a loan is between siblings.
    ///
    /// - Throws: `PortalError` `.conflict`; `PostgresError`.
    static func requireNoLoans(_ tenant: Tenant, in transaction: PortalTransaction) async throws {
        let rows = try await transaction.elevated(for: .quotaChain).query(QuotaLoanQueries.openCount(of: tenant.id))
        let count = try rows.first?.decode("count", as: Int.self) ?? 0
        guard count > 0 else { return }
        throw PortalError(
            .conflict,
            "\(tenant.name) has lent or borrowed parts of quotas (\(count) loans). Return them first, or wait until they end.",
            extensions: ["openLoans": count.json]
        )
    }

    /// How many requests of a tenant hold something of its quota now.
    ///
    /// - Throws: `PostgresError`.
    static func holdCount(of id: TenantID, at now: Date, in transaction: PortalTransaction) async throws -> Int {
        let rows = try await transaction.elevated(for: .quotaChain).query(QuotaQueries.holdCount(of: id, at: now))
        return try rows.first?.decode("count", as: Int.self) ?? 0
    }

    /// Refuses limits below what is lent until a date.
    ///
    /// - Parameters:
    ///   - tenant: The lender.
    ///   - limits: Its limits as they are to be set, without loans.
    ///   - quotas: Holds the lock of all quotas, unless this is a preview.
    /// - Throws: `PortalError` `.conflict`; `PostgresError`.
    static func requireNotOverlent(
        _ tenant: Tenant,
        _ limits: QuotaLimits,
        in quotas: PortalTransaction
    ) async throws {
        for row in try await quotas.query(QuotaLoanQueries.balance(of: tenant.id)) {
            let lent: Int64 = try row.decode("lent")
            guard let dimension = QuotaDimension(name: try row.decode("dimension")), lent > 0,
                lent > limits[dimension].amount ?? -1
            else { continue }
            throw PortalError(
                .conflict,
                "\(tenant.name) has lent \(dimension.text(lent)) \(dimension.name), the first of it until "
                    + "\(RFC3339.format(try row.decode("first_end"))). Its limit cannot be lower before that returns."
            )
        }
    }
}

extension QuotaService {
    private func checked(_ new: NewQuotaLoan, at now: Date) throws(PortalError) -> NewQuotaLoan {
        var new = new
        var errors = FieldErrors()
        new.reason = TextRules.line(
            new.reason,
            field: "reason",
            lengthMax: PortalLimits.Quotas.loanReasonLengthMax,
            errors: &errors
        )
        if new.amounts.isZero { errors.add("amounts", FieldErrorCode.required, "must name something to lend") }
        for dimension in new.amounts.dimensions where new.amounts[dimension] < 0 {
            errors.add("amounts.\(dimension.name)", FieldErrorCode.outOfRange, "must be more than nothing")
        }
        let latest = now.advanced(by: limits.quotas.loanMax)
        if new.endsAt <= now || new.endsAt > latest {
            let days = Int(limits.quotas.loanMax / .seconds(86400))
            errors.add("until", FieldErrorCode.outOfRange, "must be in the future, and within \(days) days")
        }
        try errors.throwIfAny()
        return new
    }

    private func manageableLender(
        _ id: TenantID,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> Tenant {
        try await transaction.query(TenantQueries.shareTree)
        let lender = try await TenantService.find(
            TenantQueries.byID(id),
            requiring: .quotasRead,
            as: caller,
            in: transaction
        )
        guard caller.has(.quotasManage, onPath: lender.path) else { throw PortalError.forbidden(.quotasManage) }
        try lender.requireLive()
        return lender
    }

    /// A live sibling; who is none is not told apart from who does not exist.
    private static func sibling(
        _ id: TenantID,
        of lender: Tenant,
        in quotas: PortalTransaction
    ) async throws -> Tenant {
        let found = try await quotas.query(TenantQueries.byID(id)).first.map { try Tenant(row: $0) }
        guard let found, found.id != lender.id, let parent = lender.parentID, found.parentID == parent,
            !found.isArchived
        else {
            throw PortalError.invalid(
                "toTenantId",
                FieldErrorCode.notFound,
                "is not the id of a tenant beside \(lender.name), under the same parent"
            )
        }
        return found
    }

    private func checkCount(_ lender: Tenant, in quotas: PortalTransaction) async throws {
        let rows = try await quotas.query(QuotaLoanQueries.openCount(of: lender.id))
        guard try rows.first?.decode("count", as: Int.self) ?? 0 >= limits.quotas.loansOpenMax else { return }
        throw PortalError(
            .conflict,
            "\(lender.name) has \(limits.quotas.loansOpenMax) open loans, which is the most. Wait until one has ended."
        )
    }

    private static func sides(
        _ lender: Tenant,
        _ borrower: Tenant,
        in quotas: PortalTransaction
    ) async throws -> (lender: QuotaLoanRule.Side, borrower: QuotaLoanRule.Side) {
        let snapshot = try await QuotaSnapshot.load([lender.id, borrower.id], in: quotas)
        let balances = try await quotas.pipeline([
            QuotaLoanQueries.balance(of: lender.id), QuotaLoanQueries.balance(of: borrower.id),
        ])
        func side(_ tenant: Tenant, _ rows: [PostgresRow]) throws -> QuotaLoanRule.Side {
            guard let level = snapshot.levels[tenant.id] else { throw PortalError.notFound("tenant") }
            return QuotaLoanRule.Side(level: level, balance: try QuotaBalance(rows: rows))
        }
        return (try side(lender, balances[0]), try side(borrower, balances[1]))
    }

    private static func tenant(_ id: TenantID, in quotas: PortalTransaction) async throws -> Tenant {
        guard let row = try await quotas.query(TenantQueries.byID(id)).first else {
            throw PortalError.notFound("tenant")
        }
        return try Tenant(row: row)
    }

    private static func loan(_ id: QuotaLoanID, in transaction: PortalTransaction) async throws -> QuotaLoan {
        guard let row = try await transaction.query(QuotaLoanQueries.byID(id)).first else {
            throw PortalError.notFound("loan")
        }
        return try QuotaLoan(row: row)
    }

    /// Two rows, one for those who read the log of the lender and one for those of the borrower.
    private func audit(
        _ verb: AuditVerb,
        _ loan: QuotaLoan,
        _ lender: Tenant,
        _ borrower: Tenant,
        by caller: Caller,
        at now: Date,
        in quotas: PortalTransaction
    ) async throws {
        let entries = QuotaLoan.auditEntries(verb, loan, lender, borrower)
        try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: quotas)
    }
}

extension QuotaLoan {
    fileprivate init(_ new: NewQuotaLoan, from lender: Tenant, at now: Date) {
        self.init(
            id: QuotaLoanID(),
            lenderID: lender.id,
            lenderName: lender.name,
            borrowerID: new.borrowerID,
            borrowerName: nil,
            amounts: new.amounts,
            reason: new.reason,
            createdAt: now,
            endsAt: new.endsAt
        )
    }

    /// What the audit log keeps of a loan at both sides.
    static func auditEntries(
        _ verb: AuditVerb,
        _ loan: QuotaLoan,
        _ lender: Tenant,
        _ borrower: Tenant
    ) -> [AuditEntry] {
        [lender, borrower].map { side in
            var entry = AuditEntry(verb, of: .tenant(side))
            entry.after = [
                "loan": .string(loan.id.description), "fromTenantId": lender.id.json, "toTenantId": borrower.id.json,
                "amounts": loan.amounts.json, "until": .string(RFC3339.format(loan.endsAt)),
                "reason": .string(loan.reason),
            ]
            return entry
        }
    }
}
