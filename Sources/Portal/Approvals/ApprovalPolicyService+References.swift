import Postgres

extension ApprovalPolicyService {
    /// Checks that what a policy names exists and can decide: a step that asks nobody would stop every change.
    ///
    /// - Parameters:
    ///   - content: What the policy is to say.
    ///   - before: What it said, whose references need not exist any more.
    ///   - path: The tenant of the policy and its ancestors, root first.
    ///   - transaction: The transaction of the change.
    /// - Throws: `PortalError` `.invalidArgument`; `PostgresError`.
    func requireExisting(
        _ content: ApprovalPolicyContent,
        over before: ApprovalPolicyContent?,
        at path: [TenantID],
        in transaction: PortalTransaction
    ) async throws {
        let elevated = transaction.elevated(for: .approvals)
        var errors = FieldErrors()
        if content.steps != before?.steps {
            for (index, step) in content.steps.enumerated() {
                if let problem = try await Self.problem(of: step.approvers, at: path, in: elevated) {
                    errors.add("steps[\(index)]\(problem.field)", FieldErrorCode.notFound, problem.message)
                }
            }
        }
        let (hosts, templates) = (content.conditions.hostIDs, content.conditions.templateIDs)
        if !hosts.isEmpty, hosts != before?.conditions.hostIDs,
            try await elevated.query(AccessRuleQueries.countHosts(hosts)).first?.decode("hosts", as: Int.self)
                != hosts.count
        {
            errors.add("conditions.hostIds", FieldErrorCode.notFound, "must be ids of hosts")
        }
        if !templates.isEmpty, templates != before?.conditions.templateIDs,
            try await elevated.query(ApprovalPolicyQueries.countTemplates(templates)).first?
                .decode("templates", as: Int.self) != templates.count
        {
            errors.add("conditions.templateIds", FieldErrorCode.notFound, "must be ids of templates")
        }
        try errors.throwIfAny()
    }

    private static func problem(
        of approvers: ApprovalStep.Approvers,
        at path: [TenantID],
        in elevated: PortalTransaction
    ) async throws -> (field: String, message: String)? {
        let cannotDecide = (".role", "must be a role with the permission requests.decide")
        switch approvers {
        case .role(.builtIn(let role)):
            return role.permissions.contains(.requestsDecide) ? nil : cannotDecide
        case .role(.custom(let id)):
            guard let row = try await elevated.query(RoleQueries.byID(id)).first else { return cannotDecide }
            let role = try RoleDefinition(row: row)
            // One that was made above can be given below the policy, one made beside it cannot.
            guard let home = role.tenantID, path.contains(home) else { return cannotDecide }
            return role.permissions.contains(.requestsDecide) ? nil : cannotDecide
        case .users(let ids):
            let row = try await elevated.query(ApprovalPolicyQueries.countPeople(Set(ids))).first
            return try row?.decode("people", as: Int.self) == ids.count ? nil : (".users", "must be ids of people")
        }
    }
}
