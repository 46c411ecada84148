import FoundationEssentials
public import JSON
import Postgres

/// The policies that say what has to be approved.
///
/// They are kept by those who have `approvals.manage` at their tenant and shown to everybody who sees it.
public struct ApprovalPolicyService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A page of the policies at the tenants that the caller sees, by time of creation.
    ///
    /// - Throws: `PortalError` `.notFound` for an invisible tenant, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(
        at tenantID: TenantID? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<ApprovalPolicy> {
        if let tenantID { _ = try await tenant(tenantID, requiring: .tenantsRead, as: caller, in: database.as(caller)) }
        let after: ApprovalPolicyID? = try page.position(in: "approval-policies")
        let rows = try await database.as(caller).query(
            ApprovalPolicyQueries.page(
                of: tenantID,
                visibleTo: caller.visibility,
                after: after,
                rowsMax: page.rowsMax
            ),
            idempotent: true
        )
        return Page(
            rows: try rows.map { try ApprovalPolicy(row: $0) },
            request: page,
            list: "approval-policies",
            position: \.id
        )
    }

    /// The policies that decide at a tenant, its own and those from above, in the order in which they are looked at.
    ///
    /// Of those of invisible tenants the caller gets what binds them too; pages leave out where they come from.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func effective(at tenantID: TenantID, as caller: Caller) async throws -> [ApprovalPolicy] {
        let tenant = try await tenant(tenantID, requiring: .tenantsRead, as: caller, in: database.as(caller))
        return try await ApprovalPolicy.onPath(tenant.path, in: database.elevated(for: .approvals))
    }

    /// One policy.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func get(_ id: ApprovalPolicyID, as caller: Caller) async throws -> ApprovalPolicy {
        try await find(ApprovalPolicyQueries.byID(id), requiring: .tenantsRead, as: caller, in: database.as(caller))
    }

    /// Makes a policy at a tenant.
    ///
    /// - Parameters:
    ///   - json: The schema `ApprovalPolicyCreate` without its tenant.
    ///   - tenantID: Where it is to live.
    ///   - caller: Who asks.
    /// - Returns: The policy.
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant, `.invalidArgument` with every wrong field,
    ///   `.alreadyExists`, `.conflict` when the tenant has too many; `PostgresError`.
    public func create(_ json: JSONValue, at tenantID: TenantID, as caller: Caller) async throws -> ApprovalPolicy {
        _ = try await tenant(tenantID, requiring: .approvalsManage, as: caller, in: database.as(caller))
        let content = try ApprovalPolicyContent(json, over: nil)
        let (id, now) = (ApprovalPolicyID(), time.now())
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                // The tenant is locked, so that two requests cannot exceed the bound together.
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForUpdate(tenantID),
                    requiring: .approvalsManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                let row = try await transaction.query(ApprovalPolicyQueries.count(of: tenantID)).first
                guard try row?.decode("policies", as: Int.self) ?? 0 < PortalLimits.Approvals.perTenantMax else {
                    throw PortalError(.conflict, "The tenant has as many policies as it may have. Remove one first.")
                }
                let next = min(try row?.decode("last", as: Int.self) ?? 0, PortalLimits.Approvals.positionMax - 10) + 10
                try await requireExisting(content, over: nil, at: tenant.path, in: transaction)
                try await transaction.execute(
                    ApprovalPolicyQueries.insert(
                        id,
                        content,
                        position: content.position ?? next,
                        tenantID: tenantID,
                        createdBy: caller.userID,
                        at: now
                    )
                )
                let made = try await find(
                    ApprovalPolicyQueries.byID(id),
                    requiring: .approvalsManage,
                    as: caller,
                    in: transaction
                )
                try await record(.approvalPolicyCreate, of: made, after: made, by: caller, at: now, in: transaction)
                return made
            }
        }
    }

    /// Changes what a policy says; requests that wait already keep the one they were filed under.
    ///
    /// - Parameters:
    ///   - id: The policy.
    ///   - json: The schema `ApprovalPolicyUpdate`; absent members stay.
    ///   - ifMatch: The `If-Match` header.
    ///   - caller: Who asks.
    /// - Returns: The policy as it is now.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidArgument`, `.preconditionFailed`, `.alreadyExists`;
    ///   `PostgresError`.
    public func update(
        _ id: ApprovalPolicyID,
        _ json: JSONValue,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> ApprovalPolicy {
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let lock = ApprovalPolicyQueries.byIDForUpdate(id)
                let before = try await find(lock, requiring: .approvalsManage, as: caller, in: transaction)
                try before.etag.require(ifMatch: ifMatch)
                let content = try ApprovalPolicyContent(json, over: before.content)
                guard content != before.content else { return before }
                try await requireExisting(content, over: before.content, at: before.tenantPath, in: transaction)
                try await transaction.execute(ApprovalPolicyQueries.update(id, content, at: now))
                let after = try await find(lock, requiring: .approvalsManage, as: caller, in: transaction)
                try await record(
                    .approvalPolicyUpdate,
                    of: after,
                    before: before,
                    after: after,
                    by: caller,
                    at: now,
                    in: transaction
                )
                return after
            }
        }
    }

    /// Removes a policy; requests that wait because of it go on waiting.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`; `PostgresError`.
    public func delete(_ id: ApprovalPolicyID, ifMatch: String? = nil, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let lock = ApprovalPolicyQueries.byIDForUpdate(id)
            let policy = try await find(lock, requiring: .approvalsManage, as: caller, in: transaction)
            try policy.etag.require(ifMatch: ifMatch)
            try await transaction.execute(ApprovalPolicyQueries.delete(id))
            try await record(.approvalPolicyDelete, of: policy, before: policy, by: caller, at: now, in: transaction)
        }
    }
}

extension ApprovalPolicyService {
    /// A tenant that the caller sees and has a permission at.
    func tenant(
        _ id: TenantID,
        requiring permission: Permission,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> Tenant {
        try await TenantService.find(TenantQueries.byID(id), requiring: permission, as: caller, in: connection)
    }

    private func find(
        _ query: SQL,
        requiring permission: Permission,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> ApprovalPolicy {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("policy") }
        let policy = try ApprovalPolicy(row: row)
        try caller.require(permission, onPath: policy.tenantPath, noun: "policy")
        return policy
    }

    private func record(
        _ verb: AuditVerb,
        of policy: ApprovalPolicy,
        before: ApprovalPolicy? = nil,
        after: ApprovalPolicy? = nil,
        by caller: Caller,
        at time: Date,
        in transaction: PortalTransaction
    ) async throws {
        let object = AuditObject(
            kind: "approvalPolicy",
            id: policy.id.description,
            name: policy.content.name,
            tenantPath: policy.tenantPath
        )
        let entry = AuditEntry(verb, of: object, before: before?.content.json, after: after?.content.json)
        try await AuditLog.record(entry, by: caller, at: time, limits: limits.audit, in: transaction)
    }

    private static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("approval_policies_name_is_unique_in_tenant") {
            throw PortalError(
                .alreadyExists,
                "The tenant has a policy with this name already. Choose another name.",
                fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken in this tenant")],
                underlying: error
            )
        }
    }
}
