import FoundationEssentials
import JSON
import Postgres

/// The SQL of reservations and of the counters they move; the rules are in the functions of the database.
enum QuotaQueries {
    /// What is wanted of a reservation.
    enum Mode: String, Sendable {
        /// At least this much in every dimension: a change is on its way, and the host may have what was before.
        case grow
        /// Exactly this: the change has come true.
        case settle
        /// What it is, in another class.
        case keep
    }

    /// Makes or changes a reservation and admits the difference: no row.
    ///
    /// Takes the lock of all quotas until the end of the transaction, unless nothing changes. Fails with
    /// `QuotaRefusal.sqlState`.
    static func reserve(
        _ reservation: QuotaReservation,
        unbounded: [QuotaDimension] = [],
        mode: Mode,
        at now: Date
    ) -> SQL {
        """
        SELECT quota_reserve(\(reservation.id), \(reservation.kind), \(reservation.tenantID), \(reservation.ownerID),
            \(reservation.qosClass), \(reservation.amounts.builtIn), \(reservation.amounts.extendedJSON),
            \(unbounded.map(\.name)), \(mode.rawValue), \(reservation.expiresAt), \(now))
        """
    }

    /// Puts a reservation back to what it was before the change that is on its way: no row.
    static func restore(_ id: VClusterID, at now: Date) -> SQL {
        "SELECT quota_restore(\(id), \(now))"
    }

    /// Ends a reservation: one row, `was_there`.
    static func release(_ id: UUID, at now: Date) -> SQL {
        "SELECT quota_release(\(id), \(now)) AS was_there"
    }

    /// Takes what a subtree uses from its old ancestors and gives it to its new ones: no row.
    static func move(_ subtree: TenantID, from: [TenantID], to: [TenantID], at now: Date) -> SQL {
        "SELECT quota_move(\(subtree), \(from)::uuid[], \(to)::uuid[], \(now))"
    }

    /// Takes the lock of all quotas until the end of the transaction: no row that matters.
    ///
    /// A statement of its own: the next one then sees what earlier holders have committed. Loans that have ended by `now`
    /// are taken back by it.
    static func lock(at now: Date) -> SQL {
        "SELECT quota_lock(\(now))"
    }

    /// One reservation by primary key: one row or none.
    static func reservation(_ id: UUID) -> SQL {
        """
        SELECT id, tenant_id, owner_id, kind, qos_class, amounts, extended, expires_at
        FROM quota_reservations
        WHERE id = \(id)
        """
    }

    /// How many holds of a tenant itself still run: `count`; index `quota_reservations_by_tenant`.
    static func holdCount(of tenantID: TenantID, at now: Date) -> SQL {
        """
        SELECT count(*) AS count
        FROM quota_reservations
        WHERE tenant_id = \(tenantID) AND kind = 'hold' AND expires_at > \(now)
        """
    }

    /// Holds that have expired, oldest first, at most `limit`: `id`.
    ///
    /// Locks the rows; those that another server has locked are skipped. Index: `quota_reservations_to_expire`.
    static func expiredHolds(at now: Date, limit: Int) -> SQL {
        """
        SELECT id
        FROM quota_reservations
        WHERE kind = 'hold' AND expires_at <= \(now)
        ORDER BY expires_at, id
        LIMIT \(limit)
        FOR UPDATE SKIP LOCKED
        """
    }
}

extension QuotaReservation.Kind: PostgresCodable {}
