import Postgres

extension AccessRuleService {
    /// Checks that whom and what a rule names exists: one about a mistyped id would never say anything.
    ///
    /// - Parameters:
    ///   - content: What the rule is to say.
    ///   - before: The rule as it was, whose references need not exist any more.
    ///   - path: The tenant of the rule and its ancestors, root first.
    ///   - caller: Who asks.
    ///   - transaction: The transaction of the change.
    /// - Throws: `PortalError` `.invalidArgument` on `subject` or `conditions.hostIds`; `PostgresError`.
    func requireExisting(
        _ content: AccessRuleContent,
        over before: AccessRule? = nil,
        at path: [TenantID],
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws {
        let elevated = transaction.elevated(for: .accessRules)
        var errors = FieldErrors()
        if content.subject != before?.content.subject,
            try await !exists(content.subject, at: path, as: caller, in: elevated)
        {
            errors.add("subject", FieldErrorCode.notFound, "is no role, group or user that you can see")
        }
        let hostIDs = content.conditions.hostIDs
        if !hostIDs.isEmpty, hostIDs != before?.content.conditions.hostIDs {
            let row = try await elevated.query(AccessRuleQueries.countHosts(hostIDs)).first
            if try row?.decode("hosts", as: Int.self) != hostIDs.count {
                errors.add("conditions.hostIds", FieldErrorCode.notFound, "must be ids of hosts")
            }
        }
        try errors.throwIfAny()
    }

    private func exists(
        _ subject: AccessSubject,
        at path: [TenantID],
        as caller: Caller,
        in elevated: some PostgresQueryable
    ) async throws -> Bool {
        do {
            switch subject {
            case .all, .role(.builtIn): return true
            case .role(.custom(let id)):
                _ = try await RoleService.find(RoleQueries.byID(id), as: caller, in: elevated)
                return true
            case .group(let id):
                guard let row = try await elevated.query(GroupQueries.byID(id)).first else { return false }
                let group = try Group(row: row)
                // One that was made above can be named below, without seeing more of it.
                return path.contains(group.tenantID) || caller.has(.membersRead, onPath: group.tenantPath)
            case .user(let id): return try await !elevated.query(UserQueries.byID(id)).isEmpty
            }
        } catch let error as PortalError where error.code == .notFound {
            return false
        }
    }
}
