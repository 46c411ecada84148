import Postgres

/// What a tenant has lent and borrowed now.
struct QuotaBalance: Sendable, Hashable {
    /// What siblings have of it.
    var lent = QuotaAmounts()
    /// What it has of siblings.
    var borrowed = QuotaAmounts()

    /// A limit as it is set out of one that counts.
    func configured(_ amount: Int64, in dimension: QuotaDimension) -> Int64 {
        amount + lent[dimension] - borrowed[dimension]
    }
}

extension QuotaBalance {
    /// Reads the balance of a tenant.
    ///
    /// - Throws: `PostgresError`.
    static func load(_ id: TenantID, in database: some PostgresQueryable) async throws -> QuotaBalance {
        try QuotaBalance(rows: try await database.query(QuotaLoanQueries.balance(of: id)))
    }

    /// Reads rows of `QuotaLoanQueries.balance`.
    init(rows: [PostgresRow]) throws {
        self.init()
        for row in rows {
            guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { continue }
            lent[dimension] = try row.decode("lent")
            borrowed[dimension] = try row.decode("borrowed")
        }
    }
}

extension QuotaReport {
    /// The report with loans beside the limits that they have changed.
    ///
    /// - Parameters:
    ///   - loans: What the tenant has lent and borrowed.
    ///   - level: The tenant with its limits as they count now.
    /// - Returns: The same rows with `lent`, `borrowed` and `lendable`, and the limits as they are set.
    func with(_ loans: QuotaBalance, at level: QuotaLevel?) -> QuotaReport {
        var report = self
        for index in rows.indices {
            let dimension = rows[index].dimension
            let lendable = level.flatMap { QuotaLoanRule.lendable(dimension, by: $0) }
            report.rows[index].lendable = loans.borrowed[dimension] > 0 ? lendable.map { _ in 0 } : lendable
            report.rows[index].lent = loans.lent[dimension]
            report.rows[index].borrowed = loans.borrowed[dimension]
            if let amount = limits[dimension].amount {
                report.limits[dimension].amount = loans.configured(amount, in: dimension)
            }
        }
        return report
    }
}

extension QuotaLimitsPatch {
    /// The wish as it would count: new limits with what is lent and borrowed.
    func counting(_ loans: QuotaBalance) -> QuotaLimitsPatch {
        var patch = self
        for (dimension, amount) in limits {
            patch.limits[dimension] = .some(
                amount.map { max(0, $0 + loans.borrowed[dimension] - loans.lent[dimension]) }
            )
        }
        return patch
    }
}

extension QuotaService {
    /// The limits of a tenant as they are set, without loans; the caller holds the lock of all quotas.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    static func configured(_ id: TenantID, in quotas: PortalTransaction) async throws -> QuotaLimits {
        guard let level = try await QuotaSnapshot.load([id], in: quotas).levels[id] else {
            throw PortalError.notFound("tenant")
        }
        let loans = try await QuotaBalance.load(id, in: quotas)
        var limits = level.limits
        for dimension in limits.dimensions {
            guard let amount = limits[dimension].amount else { continue }
            limits[dimension].amount = loans.configured(amount, in: dimension)
        }
        return limits
    }
}
