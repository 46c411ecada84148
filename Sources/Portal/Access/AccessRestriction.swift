public import FoundationEssentials
public import JSON

/// A rule that binds somebody who has a permission, and what it says while no vcluster is in question.
public struct AccessRestriction: Sendable, Hashable {
    /// The rule.
    public let rule: AccessRule
    /// What it says.
    public let outlook: Outlook

    /// What a rule says of an action before it is known on which vcluster.
    public enum Outlook: Sendable, Hashable {
        /// Nothing against any vcluster at this time of the week.
        case passes
        /// It depends on the environment, the labels or the host.
        case depends
        /// No to every vcluster; the time is when that ends by itself, nil when it does not.
        case refuses(until: Date?)
    }
}

extension AccessRestriction {
    /// The rules that bind somebody's use of a permission, root first.
    ///
    /// - Parameters:
    ///   - rules: The rules of a tenant and of its ancestors.
    ///   - permission: What is used.
    ///   - actor: Who uses it.
    ///   - path: The tenant and its ancestors, root first.
    ///   - time: When.
    /// - Returns: Those that are on and about them and the permission.
    static func all(
        of rules: [AccessRule],
        on permission: Permission,
        for actor: AccessActor,
        onPath path: [TenantID],
        at time: Date
    ) -> [AccessRestriction] {
        rules.filter { $0.content.permissions.contains(permission) && $0.binds(actor, onPath: path) }
            .map { AccessRestriction(rule: $0, outlook: $0.content.outlook(at: time)) }
    }
}

extension AccessRuleContent {
    /// What the rule says to whom it binds, of a vcluster that is not known yet.
    func outlook(at time: Date) -> AccessRestriction.Outlook {
        let window = conditions.window
        let isInTime = window?.holds(at: time) != false
        let looksAtVCluster =
            !conditions.environments.isEmpty || !conditions.labels.isEmpty || !conditions.hostIDs.isEmpty
        switch effect {
        case .deny:
            guard isInTime else { return .passes }
            return looksAtVCluster ? .depends : .refuses(until: window?.end(after: time))
        case .allowOnly:
            guard isInTime else { return .refuses(until: window?.end(after: time)) }
            return looksAtVCluster ? .depends : .passes
        }
    }
}

extension AccessRestriction: JSONRepresentable {
    /// The schema `AccessRestriction` of openapi.yaml.
    public var json: JSONValue {
        var end: Date?
        let name: String =
            switch outlook {
            case .passes: "passes"
            case .depends: "depends"
            case .refuses: "refuses"
            }
        if case .refuses(let until) = outlook { end = until }
        return [
            "id": rule.id.json, "name": .string(rule.content.name), "effect": .string(rule.content.effect.rawValue),
            "permissions": .array(rule.content.permissions.map { .string($0.rawValue) }),
            "conditions": .string(rule.content.conditions.summary),
            "verdict": .string(name), "endsAt": end.map { .string(RFC3339.format($0)) } ?? .null,
        ]
    }
}
