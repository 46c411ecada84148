import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// One account of a person.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`; `PostgresError`.
    public func getUser(_ id: UserID, as caller: Caller) async throws -> User {
        try Self.requireAccounts(caller)
        guard let row = try await database.as(caller).query(UserQueries.byID(id), idempotent: true).first,
            case let user = try User(row: row), user.kind == .person
        else { throw PortalError.notFound("user") }
        return user
    }

    /// Changes the name, language, time zone and away days of somebody's account.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`, `.invalidArgument`, `.preconditionFailed`;
    ///   `PostgresError`.
    public func updateUser(
        _ id: UserID,
        ifMatch: String? = nil,
        as caller: Caller,
        _ change: @escaping @Sendable (inout UserPreferences) -> Void
    ) async throws -> User {
        try Self.requireAccounts(caller)
        return try await update(id, ifMatch: ifMatch, as: caller, change)
    }

    /// Disables an account, which ends its sessions and revokes its tokens and links, or enables it again.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`, `.forbidden` for an account that may do more
    ///   than the caller, `.conflict` for one's own account and for the last admin of the organization; `PostgresError`.
    public func setDisabled(_ isDisabled: Bool, user id: UserID, as caller: Caller) async throws -> User {
        try Self.requireAccounts(caller)
        guard caller.userID != id else {
            throw PortalError(.conflict, "You cannot disable your own account; another admin can.")
        }
        return try await database.as(caller).transaction { transaction in
            let admins = try await AdminGuard(locking: transaction)
            let user = try await findForUpdate(id, in: transaction)
            let changed = try await setDisabled(isDisabled, user, as: caller, in: transaction)
            try await admins.requireOne(in: transaction)
            return changed
        }
    }

    /// Guards what is about one account: who manages none does not learn which exist.
    ///
    /// - Throws: `PortalError` `.notFound`.
    static func requireAccounts(_ caller: Caller) throws(PortalError) {
        guard caller.has(.usersManage) else { throw .notFound("user") }
    }

    /// The part of disabling that people and service accounts have in common; `path` is that of the tenant of the second.
    func setDisabled(
        _ isDisabled: Bool,
        _ user: User,
        of path: [TenantID]? = nil,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> User {
        try await requireRoles(of: user, as: caller, in: transaction)
        guard user.isActive == isDisabled else { return user }
        let now = time.now()
        try await transaction.execute(UserQueries.updateDisabled(user.id, disabledAt: isDisabled ? now : nil, at: now))
        let object = path.map { AuditObject.user(user, of: $0) } ?? .user(user)
        var entries = [AuditEntry(isDisabled ? .userDisable : .userEnable, of: object)]
        if isDisabled { entries += try await Self.endAccess(of: user, at: now, in: transaction) }
        let changed = try await findForUpdate(user.id, in: transaction)
        try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
        return changed
    }

    /// Ends the sessions, tokens and links of an account, and the tokens that its tokens have made for others.
    ///
    /// - Returns: What the audit log says about the tokens of others; those of the account go with it.
    static func endAccess(
        of user: User,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> [AuditEntry] {
        try await transaction.elevated(for: .authentication).pipeline([
            SessionQueries.deleteAll(of: user.id),
            AccountLinkQueries.revokeAll(of: user.id, at: now),
        ])
        let revoked = try await revoke(APITokenQueries.revokeAllWithMade(of: user.id, at: now), in: transaction)
        return revoked.filter { $0.ownerID != user.id }.map { AuditEntry(.tokenRevoke, of: .token($0)) }
    }

    /// Changes what a person says about themselves, or an admin about them.
    func update(
        _ id: UserID,
        ifMatch: String? = nil,
        as caller: Caller,
        _ change: @escaping @Sendable (inout UserPreferences) -> Void
    ) async throws -> User {
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            let before = try await findForUpdate(id, in: transaction)
            guard before.kind == .person else { throw PortalError.notFound("user") }
            try before.etag.require(ifMatch: ifMatch)
            var preferences = UserPreferences(of: before)
            change(&preferences)
            let wanted = before.with(try preferences.checked())
            guard wanted != before else { return before }
            try await transaction.execute(UserQueries.updatePreferences(wanted, at: now))
            let after = try await findForUpdate(id, in: transaction)
            let entry = AuditEntry(.userUpdate, of: .user(after), before: before.json, after: after.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return after
        }
    }
}
