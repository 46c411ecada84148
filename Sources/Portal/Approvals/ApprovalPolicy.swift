public import FoundationEssentials
public import JSON
import Postgres

/// What has to be approved before it runs, and by whom.
///
/// It lives at a tenant and holds in its whole subtree. Policies are looked at from the root down, those of one tenant by
/// their position, and the first one that asks decides alone.
public struct ApprovalPolicy: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: ApprovalPolicyID
    /// Where it lives, and the ancestors, root first.
    public let tenantPath: [TenantID]
    /// The name of the tenant.
    public let tenantName: String
    /// When it was made.
    public let createdAt: Date
    /// When it was changed last.
    public let updatedAt: Date
    /// Grows with every change.
    public let version: Int64
    /// What it says.
    public let content: ApprovalPolicyContent

    /// Where it lives.
    public var tenantID: TenantID { tenantPath.last ?? TenantID() }

    /// For `If-Match`.
    public var etag: ETag { ETag(version: version) }
}

/// What a policy says.
public struct ApprovalPolicyContent: Sendable, Hashable {
    /// What people call it; requests name it.
    public let name: String
    /// Why it is there; may be empty.
    public let description: String
    /// Its place among the policies of its tenant; nil for a new one that goes behind the others.
    public let position: Int?
    /// What it is about, in the order of `ApprovalVerb`; never empty.
    public let verbs: [ApprovalVerb]
    /// Which of these changes.
    public let conditions: ApprovalConditions
    /// Who is asked, one step after the other; never empty.
    public let steps: [ApprovalStep]
    /// How long a request keeps what it will take of the quotas, in hours; nil for not at all.
    public let holdHours: Int?
    /// How long a request waits, in hours.
    public let expiryHours: Int
    /// False for a policy that is kept and asks nobody.
    public let isEnabled: Bool
}

extension ApprovalPolicy {
    /// Reads the columns of `ApprovalPolicyQueries`.
    init(row: PostgresRow) throws {
        var errors = FieldErrors()
        let conditions = ApprovalConditions(try row.decode("conditions", as: JSONValue.self), errors: &errors)
        let stored = try row.decode("steps", as: JSONValue.self).array ?? []
        let steps = stored.compactMap { ApprovalStep(stored: $0) }
        // What was checked when it was written can be read; a row that was changed by hand must not let changes through.
        guard errors.isEmpty, steps.count == stored.count, !steps.isEmpty else {
            throw PortalError(.internal, "An approval policy in the database cannot be read.")
        }
        let verbs: [String] = try row.decode("verbs")
        self.init(
            id: try row.decode("policy_id"),
            tenantPath: try row.decode("tenant_path"),
            tenantName: try row.decode("tenant_name"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            version: try row.decode("version"),
            content: ApprovalPolicyContent(
                name: try row.decode("name"),
                description: try row.decode("description"),
                position: try row.decode("position"),
                verbs: verbs.compactMap(ApprovalVerb.init(rawValue:)),
                conditions: conditions,
                steps: steps,
                holdHours: try row.decode("hold_hours"),
                expiryHours: try row.decode("expiry_hours"),
                isEnabled: try row.decode("enabled")
            )
        )
    }

    /// The policies that decide at a tenant, in the order in which they are looked at, switched off ones too.
    ///
    /// - Parameters:
    ///   - path: The tenant and its ancestors, root first.
    ///   - elevated: The database or transaction with everything in sight: policies above a caller bind them too.
    /// - Returns: At most `perTenantMax` for each level.
    /// - Throws: `PostgresError`; `PortalError` `.internal` for one that cannot be read, which so stops everything.
    static func onPath(_ path: [TenantID], in elevated: some PostgresQueryable) async throws -> [ApprovalPolicy] {
        let rowsMax = PortalLimits.Approvals.perTenantMax * PortalLimits.Tenants.depthMax
        let rows = try await elevated.query(ApprovalPolicyQueries.onPath(path, rowsMax: rowsMax))
        return try rows.map { try ApprovalPolicy(row: $0) }
    }
}

extension ApprovalPolicy: JSONRepresentable {
    /// The schema `ApprovalPolicy` of openapi.yaml.
    public var json: JSONValue {
        var object = content.json.object ?? [:]
        object["id"] = id.json
        object["tenantId"] = tenantID.json
        object["tenantName"] = .string(tenantName)
        object["createdAt"] = .string(RFC3339.format(createdAt))
        object["updatedAt"] = .string(RFC3339.format(updatedAt))
        return .object(object)
    }
}
