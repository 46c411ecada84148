public import JSON

/// The rules that begin and end to bind what is done in a subtree when it moves: those of its new and its old ancestors.
///
/// A move asks no rule itself. Rules bind actions on vclusters, and a move does not change what a vcluster is.
public struct AccessRuleMove: Sendable {
    /// Those of the new ancestors, root first; at most `PortalLimits.AccessRules.shownMax`.
    public let begin: [AccessRestriction]
    /// Those of the old ancestors, root first; at most as many.
    public let end: [AccessRestriction]
    /// How many more there are of both.
    public let omitted: Int

    /// No rules.
    public static let none = AccessRuleMove(begin: [], end: [], omitted: 0)
}

extension AccessRuleService {
    /// The rules that a move would begin and end to bind a subtree by, without doing it.
    ///
    /// Only those that are switched on. Of tenants that the caller does not see only those that bind the caller.
    ///
    /// - Throws: `PortalError` `.notFound` for either tenant; `PostgresError`.
    public func moving(_ id: TenantID, to parentID: TenantID, as caller: Caller) async throws -> AccessRuleMove {
        let tenant = try await tenant(id, requiring: .tenantsRead, as: caller, in: database.as(caller))
        let parent = try await self.tenant(parentID, requiring: .tenantsRead, as: caller, in: database.as(caller))
        let before = Array(tenant.path.dropLast())
        let elevated = database.elevated(for: .accessRules)
        let rules =
            try await AccessGuard.rules(onPath: before, in: elevated)
            + AccessGuard.rules(onPath: parent.path.filter { !before.contains($0) }, in: elevated)
        guard !rules.isEmpty else { return .none }
        let actor = try await AccessActor.of(caller, limits: limits, in: elevated)
        let now = time.now()
        func restrictions(at path: [TenantID], butNot other: [TenantID]) -> [AccessRestriction] {
            rules.filter { rule in
                rule.content.isEnabled && path.contains(rule.tenantID) && !other.contains(rule.tenantID)
                    && (caller.has(.tenantsRead, onPath: rule.tenantPath) || rule.binds(actor, onPath: path))
            }
            .map { AccessRestriction(rule: $0, outlook: $0.content.outlook(at: now)) }
        }
        let begin = restrictions(at: parent.path, butNot: before)
        let end = restrictions(at: before, butNot: parent.path)
        let shownMax = PortalLimits.AccessRules.shownMax
        return AccessRuleMove(
            begin: Array(begin.prefix(shownMax)),
            end: Array(end.prefix(shownMax)),
            omitted: max(0, begin.count - shownMax) + max(0, end.count - shownMax)
        )
    }
}

extension AccessRuleMove: JSONRepresentable {
    /// The schema `AccessRuleMove` of openapi.yaml.
    public var json: JSONValue {
        [
            "begin": .array(begin.map(\.json)), "end": .array(end.map(\.json)),
            "omitted": .number(JSONNumber(omitted)),
        ]
    }
}
