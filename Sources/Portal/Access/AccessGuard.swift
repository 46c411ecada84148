import FoundationEssentials
import JSON
import Postgres

/// The rules that bind what a caller does below one tenant, read once and asked as often as it takes.
///
/// The rules may live at tenants above the caller's world, so they are read past the wall.
struct AccessGuard: Sendable {
    private let caller: Caller
    private let actor: AccessActor
    /// The rules of the tenant and its ancestors, root first; none for the portal itself.
    private let rules: [AccessRule]

    /// Reads what binds a caller.
    ///
    /// - Parameters:
    ///   - caller: Who acts.
    ///   - path: A tenant and its ancestors, root first.
    ///   - limits: They bound the roles and groups that are looked at.
    ///   - elevated: The database or transaction with everything in sight.
    /// - Throws: `PostgresError`; `PortalError` `.internal` for a rule that cannot be read, which so refuses everything.
    init(
        of caller: Caller,
        onPath path: [TenantID],
        limits: PortalLimits,
        in elevated: some PostgresQueryable
    ) async throws {
        self.caller = caller
        rules = caller.isSystem ? [] : try await Self.rules(onPath: path, in: elevated)
        // Most tenants have no rules, and then nobody has to be looked up.
        actor =
            rules.isEmpty
            ? AccessActor(userID: caller.userID, bindings: caller.bindings)
            : try await AccessActor.of(caller, limits: limits, in: elevated)
    }

    /// The rules of a tenant and its ancestors, root first.
    ///
    /// - Returns: At most `perTenantMax` for each level, switched off ones too.
    /// - Throws: As `init`.
    static func rules(onPath path: [TenantID], in elevated: some PostgresQueryable) async throws -> [AccessRule] {
        let rowsMax = PortalLimits.AccessRules.perTenantMax * PortalLimits.Tenants.depthMax
        let rows = try await elevated.query(AccessRuleQueries.onPath(path, rowsMax: rowsMax))
        return try rows.map { try AccessRule(row: $0) }
    }

    /// Guards an action that the caller's roles permit.
    ///
    /// - Parameters:
    ///   - permission: What the action needs.
    ///   - attributes: The vcluster.
    ///   - time: When it happens.
    ///   - isLater: True for something that only happens then.
    /// - Throws: `PortalError` `.forbidden` that names the first rule that refuses, and when that ends.
    func require(
        _ permission: Permission,
        on attributes: AccessAttributes,
        at time: Date,
        isLater: Bool = false
    ) throws(PortalError) {
        guard let refusal = decision(permission, attributes, time).refusals.first else { return }
        throw refused(by: refusal, permission, laterAt: isLater ? time : nil)
    }

    /// Guards a change of what rules look at, so that nobody relabels a vcluster around a rule.
    ///
    /// Refused are: a change that the rules refuse before or after it; one that makes of a vcluster what the caller could
    /// not have created; and one that takes it out of a rule which binds the caller, at whatever time of the week.
    ///
    /// - Throws: `PortalError` `.forbidden`.
    func requireChange(
        from before: AccessAttributes,
        to after: AccessAttributes,
        at time: Date
    ) throws(PortalError) {
        guard before != after else { return }
        try require(.vclustersUpdate, on: after, at: time)
        let already = Set(decision(.vclustersCreate, before, time).refusals.map(\.rule.id))
        if let entered = decision(.vclustersCreate, after, time).refusals.first(where: { !already.contains($0.rule.id) }
        ) {
            throw refused(by: entered, .vclustersCreate)
        }
        let escaped = rules.first { rule in
            rule.content.permissions.contains { $0 != .vclustersCreate }
                && rule.binds(actor, onPath: before.tenantPath) && rule.rejects(before) && !rule.rejects(after)
        }
        if let escaped {
            throw PortalError(
                .forbidden,
                "The change would take the vcluster out of the rule \(named(escaped)), which binds you. "
                    + "Ask somebody whom it does not bind, or a manager of the tenant.",
                extensions: ["rule": Self.json(escaped, .vclustersUpdate)]
            )
        }
    }

    private func decision(_ permission: Permission, _ attributes: AccessAttributes, _ time: Date) -> AccessDecision {
        AccessDecision(of: rules, on: permission, of: attributes, by: actor, at: time)
    }

    private func refused(
        by finding: AccessDecision.Finding,
        _ permission: Permission,
        laterAt time: Date? = nil
    ) -> PortalError {
        var end: Date?
        if case .refuses(until: let until) = finding.verdict { end = until }
        let next =
            end.map { "It ends \(RFC3339.format($0))." }
            ?? "It holds until somebody changes it: ask a manager of the tenant."
        var extensions: JSONObject = ["rule": Self.json(finding.rule, permission)]
        if let end { extensions["endsAt"] = .string(RFC3339.format(end)) }
        return PortalError(
            .forbidden,
            "The rule \(named(finding.rule)) denies \(permission.rawValue) \(time.map(RFC3339.format) ?? "now"). \(next)",
            extensions: extensions
        )
    }

    /// Of a tenant above the caller's world only the rule itself is told, which binds them.
    private func named(_ rule: AccessRule) -> String {
        let place = caller.has(.tenantsRead, onPath: rule.tenantPath) ? " of \(rule.tenantName)" : ""
        return "“\(rule.content.name)”\(place)"
    }

    private static func json(_ rule: AccessRule, _ permission: Permission) -> JSONValue {
        ["id": rule.id.json, "name": .string(rule.content.name), "permission": .string(permission.rawValue)]
    }
}

extension LifecycleTransaction {
    /// The rules that bind the caller at a vcluster's tenant; see `AccessGuard`.
    func rules(for vcluster: VCluster) async throws -> AccessGuard {
        try await AccessGuard(
            of: caller,
            onPath: vcluster.tenantPath,
            limits: limits,
            in: transaction.elevated(for: .accessRules)
        )
    }

    /// Guards an action on a vcluster by the rules.
    ///
    /// - Throws: `PortalError` `.forbidden` when one refuses it.
    func requireRules(_ permission: Permission, on vcluster: VCluster) async throws {
        guard Permission.ruled.contains(permission) else { return }
        try await rules(for: vcluster).require(permission, on: AccessAttributes(of: vcluster), at: now)
    }
}
