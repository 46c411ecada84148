public import FoundationEssentials
import JSON

/// What the rules say to one action of one caller, rule by rule.
public struct AccessDecision: Sendable, Hashable {
    /// What every rule on the path says, in the order of the tenants, root first.
    public let findings: [Finding]

    /// What one rule says.
    public struct Finding: Sendable, Hashable {
        /// The rule.
        public let rule: AccessRule
        /// Its verdict.
        public let verdict: Verdict
        /// The conditions that do not hold.
        public let failing: [AccessConditions.Kind]
    }

    /// What a rule says to an action.
    public enum Verdict: Sendable, Hashable {
        /// It is about something or somebody else, or switched off.
        case unconcerned
        /// It lets the action pass.
        case passes
        /// It refuses the action; the time is when that ends by itself, nil when it does not.
        case refuses(until: Date?)
    }

    /// The same with some of the findings.
    func keeping(_ isKept: (Finding) -> Bool) -> AccessDecision {
        AccessDecision(findings: findings.filter(isKept))
    }

    private init(findings: [Finding]) {
        self.findings = findings
    }

    /// The rules that refuse, root first; empty when the action may go on.
    public var refusals: [Finding] {
        findings.filter { finding in if case .refuses = finding.verdict { true } else { false } }
    }

    /// Decides; pure, and the same for a question and for the action itself.
    ///
    /// - Parameters:
    ///   - rules: The rules of the vcluster's tenant and of its ancestors.
    ///   - permission: What the action needs.
    ///   - attributes: The vcluster.
    ///   - actor: Who acts.
    ///   - time: When.
    public init(
        of rules: [AccessRule],
        on permission: Permission,
        of attributes: AccessAttributes,
        by actor: AccessActor,
        at time: Date
    ) {
        findings = rules.map { rule in
            let failing = rule.content.conditions.failing(for: attributes, at: time)
            let isConcerned =
                rule.content.permissions.contains(permission) && rule.binds(actor, onPath: attributes.tenantPath)
            let verdict = isConcerned ? Self.verdict(of: rule.content, failing: failing, at: time) : .unconcerned
            return Finding(rule: rule, verdict: verdict, failing: failing)
        }
    }

    private static func verdict(
        of rule: AccessRuleContent,
        failing: [AccessConditions.Kind],
        at time: Date
    ) -> Verdict {
        switch rule.effect {
        case .deny:
            guard failing.isEmpty else { return .passes }
            return .refuses(until: rule.conditions.window?.end(after: time))
        case .allowOnly:
            guard !failing.isEmpty else { return .passes }
            // Time heals only what nothing but the time is wrong with.
            return .refuses(until: failing == [.window] ? rule.conditions.window?.end(after: time) : nil)
        }
    }
}

extension AccessRule {
    /// Whether a rule is on, lives on a path, and is about somebody there.
    func binds(_ actor: AccessActor, onPath path: [TenantID]) -> Bool {
        content.isEnabled && path.contains(tenantID) && content.subject.includes(actor, onPath: path)
    }

    /// Whether it refuses a vcluster because of what the vcluster is, at all times or at those of its window.
    func rejects(_ attributes: AccessAttributes) -> Bool {
        // The time is no matter of what the vcluster is: whichever is given, its answer is left out.
        let failing = content.conditions.failing(for: attributes, at: .distantPast).filter { $0 != .window }
        return switch content.effect {
        case .deny: failing.isEmpty
        case .allowOnly: !failing.isEmpty
        }
    }
}
