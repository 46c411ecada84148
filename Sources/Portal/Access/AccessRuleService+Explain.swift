public import FoundationEssentials
public import JSON
import Postgres

/// A question about rules: what would happen if somebody did something.
public struct AccessQuestion: Sendable, Hashable {
    /// Who would do it; nil for the caller.
    public var userID: UserID?
    /// Who would do it, by their e-mail; nil when `userID` says it.
    public var email: String?
    /// What it needs.
    public var permission: Permission
    /// The vcluster; nil to describe one by attributes.
    public var vclusterID: VClusterID?
    /// The tenant of a vcluster that need not exist.
    public var tenantID: TenantID?
    /// Its environment.
    public var environment: VClusterEnvironment = .development
    /// Its labels.
    public var labels: [String: String] = [:]
    /// Its host.
    public var hostID: HostID?
    /// When; nil for now.
    public var time: Date?

    /// A question about a permission.
    public init(permission: Permission) {
        self.permission = permission
    }
}

/// The answer to a question about rules, with everything it rests on.
public struct AccessExplanation: Sendable {
    /// The question's permission.
    public let permission: Permission
    /// The time that was asked for.
    public let time: Date
    /// The roles that grant the permission there; empty when none does.
    public let grants: [RoleBinding]
    /// What the rules say.
    public let decision: AccessDecision

    /// Whether it would be done.
    public var isAllowed: Bool { !grants.isEmpty && decision.refusals.isEmpty }
}

extension AccessRuleService {
    /// Explains what roles and rules say to an action, by the same code that guards it.
    ///
    /// - Throws: `PortalError` `.notFound` for a vcluster, tenant or user out of sight, `.forbidden` without
    ///   `rules.manage` for the actions of others, `.invalidArgument` when neither vcluster nor tenant is named;
    ///   `PostgresError`.
    public func explain(_ question: AccessQuestion, as caller: Caller) async throws -> AccessExplanation {
        let attributes = try await attributes(of: question, as: caller)
        let path = attributes.tenantPath
        let elevated = database.elevated(for: .accessRules)
        var (actor, bindings) = (try await AccessActor.of(caller, limits: limits, in: elevated), caller.bindings)
        if let other = try await other(question, onPath: path, as: caller) {
            actor = other
            bindings = other.bindings
        }
        let rules = try await AccessGuard.rules(onPath: path, in: elevated)
        let now = question.time ?? time.now()
        let decision = AccessDecision(of: rules, on: question.permission, of: attributes, by: actor, at: now)
        return AccessExplanation(
            permission: question.permission,
            time: now,
            grants: bindings.filter { $0.covers(path) && $0.permissions.contains(question.permission) },
            // Of tenants out of sight only what concerns the answer.
            decision: decision.keeping { finding in
                finding.verdict != .unconcerned || caller.has(.tenantsRead, onPath: finding.rule.tenantPath)
            }
        )
    }

    private func attributes(of question: AccessQuestion, as caller: Caller) async throws -> AccessAttributes {
        if let id = question.vclusterID {
            guard let row = try await database.as(caller).query(VClusterQueries.find(id), idempotent: true).first else {
                throw PortalError.notFound("vcluster")
            }
            let vcluster = try VCluster(row: row)
            guard caller.has(.vclustersRead, onPath: vcluster.tenantPath) else {
                throw PortalError.notFound("vcluster")
            }
            return AccessAttributes(of: vcluster)
        }
        guard let id = question.tenantID else {
            throw PortalError.invalid("vclusterId", FieldErrorCode.required, "give a vcluster or a tenant")
        }
        let tenant = try await tenant(id, requiring: .tenantsRead, as: caller, in: database.as(caller))
        return AccessAttributes(
            tenantPath: tenant.path,
            environment: question.environment,
            labels: question.labels,
            hostID: question.hostID
        )
    }

    /// Another user, as they would come by a browser, if they have a role where the caller may know of it.
    private func other(
        _ question: AccessQuestion,
        onPath path: [TenantID],
        as caller: Caller
    ) async throws -> AccessActor? {
        let elevated = database.elevated(for: .accessRules)
        var userID = question.userID
        if let email = question.email?.trimmed.lowercased(), email != caller.user.email {
            try caller.require(.rulesManage, onPath: path, noun: "tenant")
            let row = try await elevated.query(UserQueries.byEmail(email), idempotent: true).first
            // Nobody has a new id, so an e-mail that nobody has ends where somebody else's does.
            userID = try row.map { try User(row: $0).id } ?? UserID()
        }
        guard let userID, userID != caller.userID else { return nil }
        try caller.require(.rulesManage, onPath: path, noun: "tenant")
        let actor = try await AccessActor.of(userID, limits: limits, in: elevated)
        let isKnown = actor?.bindings.contains { $0.covers(path) || caller.has(.membersRead, onPath: $0.tenantPath) }
        guard let actor, isKnown == true || caller.has(.usersManage) else {
            // The same answer whether somebody elsewhere has this e-mail or nobody at all.
            guard question.email == nil else {
                throw PortalError.invalid("email", FieldErrorCode.notFound, "belongs to nobody with a role here")
            }
            throw PortalError.notFound("user")
        }
        return actor
    }
}

extension AccessExplanation: JSONRepresentable {
    /// The schema `AccessExplanation` of openapi.yaml.
    public var json: JSONValue {
        [
            "allowed": .bool(isAllowed),
            "permission": .string(permission.rawValue),
            "at": .string(RFC3339.format(time)),
            "roles": .array(
                grants.map { ["role": .string($0.roleName), "tenantId": $0.tenantID.json] }
            ),
            "rules": .array(decision.findings.map(\.json)),
        ]
    }
}

extension AccessDecision.Finding: JSONRepresentable {
    /// The schema `AccessFinding` of openapi.yaml.
    public var json: JSONValue {
        var verdict = "unconcerned"
        var end: Date?
        switch self.verdict {
        case .unconcerned: break
        case .passes: verdict = "passes"
        case .refuses(let until): (verdict, end) = ("refuses", until)
        }
        return [
            "id": rule.id.json, "name": .string(rule.content.name), "effect": .string(rule.content.effect.rawValue),
            "verdict": .string(verdict),
            "failingConditions": .array(failing.map { .string($0.rawValue) }),
            "endsAt": end.map { .string(RFC3339.format($0)) } ?? .null,
        ]
    }
}
