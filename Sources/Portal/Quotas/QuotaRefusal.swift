import Foundation
import JSON
import Postgres

/// Why a change is not admitted: the first level that it breaks, root first.
public struct QuotaRefusal: Error, Sendable, Hashable {
    /// Which rule of the level is broken.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Guaranteed and burstable reservations would exceed the limit with its overcommit.
        case limit
        /// Guaranteed reservations would exceed the limit itself.
        case guaranteed
        /// Nothing is idle for a batch reservation.
        case batch
        /// The tenant is strict, and what its children have not cut out of it is not enough.
        case remainder
        /// The user would exceed the cap of one user.
        case user
        /// The limits of a strict tenant's children would add up to more than its own.
        case slices
        /// The tenant limits a dimension in which nothing bounds the vcluster.
        case unbounded
    }

    /// Which rule is broken.
    public var reason: Reason
    /// The tenant whose rule it is.
    public var tenantID: TenantID
    /// The name of that tenant.
    public var tenantName: String
    /// The dimension.
    public var dimension: QuotaDimension
    /// What the rule allows in all.
    public var limit: Int64
    /// What counts against it already; more than `limit` when the tenant is over its quota.
    public var used: Int64
    /// What the change would add.
    public var requested: Int64
    /// The limit or cap as it is set, before overcommit and slices.
    public var configured: Int64

    /// Makes a refusal.
    public init(
        _ reason: Reason,
        at tenantID: TenantID,
        named tenantName: String,
        in dimension: QuotaDimension,
        limit: Int64,
        used: Int64,
        requested: Int64,
        configured: Int64
    ) {
        self.reason = reason
        self.tenantID = tenantID
        self.tenantName = tenantName
        self.dimension = dimension
        self.limit = limit
        self.used = used
        self.requested = requested
        self.configured = configured
    }

    /// What is left, ≥ 0.
    public var headroom: Int64 { max(0, limit - used) }

    /// By how much the limit would have to be higher.
    public var missing: Int64 { used + requested - limit }
}

extension QuotaRefusal {
    /// The code with which the functions of the database refuse.
    static let sqlState = SQLState(rawValue: "PQ001")

    /// The refusal that the database sent; nil for every other error.
    init?(_ error: any Error) {
        guard let error = error as? PostgresError, error.sqlState == Self.sqlState, let detail = error.detail,
            let json = try? JSONValue(parsing: Array(detail.utf8))
        else { return nil }
        self.init(json: json)
    }

    /// Reads what `quota_refusal` and its like write.
    init?(json: JSONValue) {
        guard let reason = json["reason"]?.string.flatMap(Reason.init(rawValue:)),
            let id = json["tenantId"]?.string.flatMap({ TenantID($0) }),
            let dimension = json["dimension"]?.string.flatMap({ QuotaDimension(name: $0) })
        else { return nil }
        self.init(
            reason,
            at: id,
            named: json["tenantName"]?.string ?? "",
            in: dimension,
            limit: json["limit"]?.int ?? 0,
            used: json["used"]?.int ?? 0,
            requested: json["requested"]?.int ?? 0,
            configured: json["configured"]?.int ?? 0
        )
    }

    /// Runs statements that may be refused.
    ///
    /// - Throws: `QuotaRefusal`, and every other error as it is.
    static func reading<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw QuotaRefusal(error) ?? error
        }
    }
}
