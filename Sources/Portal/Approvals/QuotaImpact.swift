import JSON
import Postgres

/// What a change means for the quotas of its tenant and of every level above.
public struct QuotaImpact: Sendable, Hashable {
    /// One dimension at one level.
    public struct Row: Sendable, Hashable {
        /// The level.
        public let tenantID: TenantID
        /// Its name.
        public let tenantName: String
        /// The dimension.
        public let dimension: QuotaDimension
        /// What may be reserved there in all, overcommit included; nil for no limit.
        public let limit: Int64?
        /// What is reserved without the change.
        public let before: Int64
        /// What is reserved with it.
        public let after: Int64

        /// Whether the level would not bear it.
        public var isOver: Bool { limit.map { after > $0 } ?? false }
    }

    /// Levels root first, the dimensions that grow in their order.
    public let rows: [Row]
}

extension QuotaImpact {
    /// Reads the counters of a path as they are now.
    ///
    /// - Parameters:
    ///   - growth: What the change takes more.
    ///   - path: Its tenant and the ancestors, root first.
    ///   - isHeld: Whether the counters have the growth in them already.
    ///   - elevated: The database or transaction with everything in sight.
    /// - Returns: A row a level and dimension that grows; none when nothing does.
    /// - Throws: `PostgresError`.
    static func load(
        of growth: QuotaAmounts,
        onPath path: [TenantID],
        isHeld: Bool,
        in elevated: some PostgresQueryable
    ) async throws -> QuotaImpact {
        guard !growth.isZero else { return QuotaImpact(rows: []) }
        let snapshot = try await QuotaSnapshot.load(path, in: elevated)
        return QuotaImpact(
            rows: snapshot.chain(path).flatMap { level in
                growth.dimensions.map { dimension in
                    let used = level.use.total[dimension]
                    let before = isHeld ? max(0, used - growth[dimension]) : used
                    return Row(
                        tenantID: level.tenantID,
                        tenantName: level.tenantName,
                        dimension: dimension,
                        limit: level.limits[dimension].bound,
                        before: before,
                        after: before + growth[dimension]
                    )
                }
            }
        )
    }

    /// Only the levels whose quotas a caller may see.
    ///
    /// - Parameters:
    ///   - caller: Who looks.
    ///   - path: The tenant of the request and its ancestors, root first.
    /// - Returns: The rows of these levels.
    func visible(to caller: Caller, onPath path: [TenantID]) -> QuotaImpact {
        QuotaImpact(
            rows: rows.filter { row in
                path.firstIndex(of: row.tenantID).map { caller.has(.quotasRead, onPath: Array(path[...$0])) } ?? false
            }
        )
    }

    /// Reads what `stored` wrote.
    init(stored json: JSONValue) {
        rows = (json.array ?? []).compactMap { row in
            guard let id = row["tenantId"]?.string.flatMap({ TenantID($0) }),
                let dimension = row["dimension"]?.string.flatMap({ QuotaDimension(name: $0) }),
                let before = row["before"]?.int, let after = row["after"]?.int
            else { return nil }
            return Row(
                tenantID: id,
                tenantName: row["tenantName"]?.string ?? "",
                dimension: dimension,
                limit: row["limit"]?.int,
                before: before,
                after: after
            )
        }
    }

    /// The rows in base units.
    var stored: JSONValue {
        .array(
            rows.map { row in
                [
                    "tenantId": row.tenantID.json, "tenantName": .string(row.tenantName),
                    "dimension": .string(row.dimension.name), "limit": row.limit.map(\.json) ?? .null,
                    "before": row.before.json, "after": row.after.json,
                ]
            }
        )
    }
}
