import FoundationEssentials
public import JSON
import Postgres

/// The rules that deny by attributes: who makes them, where they hold, and what they would say.
///
/// They are kept by those who have `rules.manage` at their tenant and shown to everybody who sees it.
public struct AccessRuleService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits

    /// A page of the rules at the tenants that the caller sees, by time of creation.
    ///
    /// - Throws: `PortalError` `.notFound` for an invisible tenant, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(
        at tenantID: TenantID? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<AccessRule> {
        if let tenantID { _ = try await tenant(tenantID, requiring: .tenantsRead, as: caller, in: database.as(caller)) }
        let after: AccessRuleID? = try page.position(in: "access-rules")
        let rows = try await database.as(caller).query(
            AccessRuleQueries.page(of: tenantID, visibleTo: caller.visibility, after: after, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try AccessRule(row: $0) }, request: page, list: "access-rules", position: \.id)
    }

    /// One rule.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func get(_ id: AccessRuleID, as caller: Caller) async throws -> AccessRule {
        try await find(AccessRuleQueries.byID(id), requiring: .tenantsRead, as: caller, in: database.as(caller))
    }

    /// Makes a rule at a tenant.
    ///
    /// - Parameters:
    ///   - json: The schema `AccessRuleCreate` without its tenant.
    ///   - tenantID: Where it is to live.
    ///   - caller: Who asks.
    /// - Returns: The rule.
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant, `.invalidArgument` with every wrong field,
    ///   `.alreadyExists`, `.conflict` when the tenant has too many; `PostgresError`.
    public func create(_ json: JSONValue, at tenantID: TenantID, as caller: Caller) async throws -> AccessRule {
        _ = try await tenant(tenantID, requiring: .rulesManage, as: caller, in: database.as(caller))
        let content = try AccessRuleContent(json, over: nil)
        let (id, now) = (AccessRuleID(), time.now())
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                // The tenant is locked, so that two requests cannot exceed the bound together.
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForUpdate(tenantID),
                    requiring: .rulesManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                let row = try await transaction.query(AccessRuleQueries.count(of: tenantID)).first
                guard try row?.decode("rules", as: Int.self) ?? 0 < PortalLimits.AccessRules.perTenantMax else {
                    throw PortalError(.conflict, "The tenant has as many rules as it may have. Remove one first.")
                }
                try await requireExisting(content, at: tenant.path, as: caller, in: transaction)
                try await transaction.execute(
                    AccessRuleQueries.insert(id, content, tenantID: tenantID, createdBy: caller.userID, at: now)
                )
                let rule = try await find(
                    AccessRuleQueries.byID(id),
                    requiring: .rulesManage,
                    as: caller,
                    in: transaction
                )
                try await record(.accessRuleCreate, of: rule, after: rule, by: caller, at: now, in: transaction)
                return rule
            }
        }
    }

    /// Changes what a rule says.
    ///
    /// - Parameters:
    ///   - id: The rule.
    ///   - json: The schema `AccessRuleUpdate`; absent members stay.
    ///   - ifMatch: The `If-Match` header.
    ///   - caller: Who asks.
    /// - Returns: The rule as it is now.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidArgument`, `.preconditionFailed`, `.alreadyExists`;
    ///   `PostgresError`.
    public func update(
        _ id: AccessRuleID,
        _ json: JSONValue,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> AccessRule {
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let lock = AccessRuleQueries.byIDForUpdate(id)
                let before = try await find(lock, requiring: .rulesManage, as: caller, in: transaction)
                try before.etag.require(ifMatch: ifMatch)
                let content = try AccessRuleContent(json, over: before.content)
                guard content != before.content else { return before }
                try await requireExisting(content, over: before, at: before.tenantPath, as: caller, in: transaction)
                try await transaction.execute(AccessRuleQueries.update(id, content, at: now))
                let after = try await find(lock, requiring: .rulesManage, as: caller, in: transaction)
                try await record(
                    .accessRuleUpdate,
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

    /// Removes a rule.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.preconditionFailed`; `PostgresError`.
    public func delete(_ id: AccessRuleID, ifMatch: String? = nil, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let lock = AccessRuleQueries.byIDForUpdate(id)
            let rule = try await find(lock, requiring: .rulesManage, as: caller, in: transaction)
            try rule.etag.require(ifMatch: ifMatch)
            try await transaction.execute(AccessRuleQueries.delete(id))
            try await record(.accessRuleDelete, of: rule, before: rule, by: caller, at: now, in: transaction)
        }
    }

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
    ) async throws -> AccessRule {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("rule") }
        let rule = try AccessRule(row: row)
        try caller.require(permission, onPath: rule.tenantPath, noun: "rule")
        return rule
    }

    private func record(
        _ verb: AuditVerb,
        of rule: AccessRule,
        before: AccessRule? = nil,
        after: AccessRule? = nil,
        by caller: Caller,
        at time: Date,
        in transaction: PortalTransaction
    ) async throws {
        let object = AuditObject(
            kind: "accessRule",
            id: rule.id.description,
            name: rule.content.name,
            tenantPath: rule.tenantPath
        )
        let entry = AuditEntry(verb, of: object, before: before?.content.json, after: after?.content.json)
        try await AuditLog.record(entry, by: caller, at: time, limits: limits.audit, in: transaction)
    }

    private static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("access_rules_name_is_unique_in_tenant") {
            throw PortalError(
                .alreadyExists,
                "The tenant has a rule with this name already. Choose another name.",
                underlying: error
            )
        }
    }
}
