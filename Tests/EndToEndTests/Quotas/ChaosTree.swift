import JSON
import Portal
import PortalTesting
import Postgres

/// A tree of depth 5 with tight limits at every level, and the questions that find a level over its limit.
struct ChaosTree {
    /// The teams at the bottom, where vclusters are made.
    let leaves: [TenantID]

    /// Builds below Payments: three squads with three cells each, all limited through the API.
    static func make(at site: Site, by admin: APIClient) async throws -> ChaosTree {
        let acme = site.organization
        try await limit(acme.root.id, vclusters: 90, milliCores: 40_000, by: admin)
        try await limit(acme.engineering.id, vclusters: 80, milliCores: 36_000, by: admin)
        try await limit(acme.payments.id, vclusters: 70, milliCores: 32_000, by: admin)
        var leaves: [TenantID] = []
        for squad in 0..<3 {
            let parent = try await tenant("squad \(squad)", below: acme.payments.id, by: admin)
            try await limit(parent, vclusters: 26, milliCores: 12_000, by: admin)
            for cell in 0..<3 {
                let leaf = try await tenant("cell \(squad)-\(cell)", below: parent, by: admin)
                try await limit(leaf, vclusters: 10, milliCores: 5_000, by: admin)
                leaves.append(leaf)
            }
        }
        return ChaosTree(leaves: leaves)
    }

    private static func tenant(_ name: String, below parent: TenantID, by admin: APIClient) async throws -> TenantID {
        let json = try await admin.post(
            "/api/v1/tenants",
            ["name": .string(name), "parentId": .string(parent.description)]
        )
        guard let id = json["id"]?.string.flatMap({ TenantID($0) }) else {
            throw APIClient.Failure(description: "no id: \(json)")
        }
        return id
    }

    private static func limit(_ id: TenantID, vclusters: Int, milliCores: Int, by admin: APIClient) async throws {
        let limits: JSONValue = ["vclusters": JSONValue(vclusters), "cpu": .string("\(milliCores)m")]
        try await admin.put("/api/v1/tenants/\(id)/quota", ["limits": limits])
    }

    /// Levels over their limit, counters that are not the sum of their reservations, and reservations without a vcluster
    /// or vclusters without one, all at one moment: `over`, `drift`, `stray`, `used` (vclusters at the root).
    static let sample: SQL = """
        SELECT
            (
                SELECT count(*)
                FROM quota_usage AS u
                JOIN quota_effective_limits AS l ON l.tenant_id = u.tenant_id AND l.dimension = u.dimension
                WHERE u.used > quota_bound(l.amount, l.overcommit) OR u.guaranteed > l.amount
            ) AS over,
            (SELECT count(*) FROM quota_drift()) AS drift,
            (
                SELECT count(*)
                FROM (SELECT id FROM vclusters WHERE purged_at IS NULL) AS v
                FULL JOIN quota_reservations AS r ON r.id = v.id
                WHERE v.id IS NULL OR r.id IS NULL
            ) AS stray,
            (
                SELECT c.used[1]
                FROM quota_counters AS c
                JOIN tenants AS t ON t.id = c.tenant_id
                WHERE t.parent_id IS NULL
            ) AS used
        """
}
