import FoundationEssentials
import Postgres

extension IdentityService {
    /// Makes a link by which the owner of an account chooses another password; earlier ones stop working.
    ///
    /// The portal sends no mail: the link is in the answer, once, and the admin passes it on. Who has the link becomes
    /// the holder of the account, so the caller needs every permission that the account has.
    ///
    /// For an account that was invited it stands in for the invitation, which stops working: that is the way back for one
    /// whose invitation was revoked while somebody else had given it a role, or whose links went when it was disabled.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`, `.forbidden` for an account that may do more
    ///   than the caller, `.conflict` for an account that is disabled or no person; `PostgresError`.
    public func issuePasswordReset(for id: UserID, as caller: Caller) async throws -> NewAccountLink {
        try Self.requireAccounts(caller)
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            let user = try await findForUpdate(id, in: transaction)
            try await requireRoles(of: user, as: caller, in: transaction)
            guard user.kind == .person, user.isActive else {
                throw PortalError(
                    .conflict,
                    "Only active accounts of people have a password. Enable the account first."
                )
            }
            try await transaction.elevated(for: .authentication).execute(AccountLinkQueries.revokeAll(of: id, at: now))
            let issued = try await issue(.passwordReset, for: user, tenantID: nil, as: caller, in: transaction)
            let entry = AuditEntry(.userResetPassword, of: .user(user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return issued
        }
    }

    /// The link with a secret, for the page that it opens; nil when it does not exist, was used or has ended.
    ///
    /// - Throws: `PostgresError`.
    public func link(_ kind: AccountLink.Kind, secret: String) async throws -> AccountLink? {
        guard let secret = SecretToken(secret) else { return nil }
        let query = AccountLinkQueries.usable(kind, secretHash: secret.hash, at: time.now())
        let row = try await database.elevated(for: .authentication).query(query, idempotent: true).first
        return try row.map { try AccountLink(row: $0) }
    }

    /// Sets the password of the account that a link opens; the link is used then, and every session of it ends.
    ///
    /// Who made a link knows it. So it works only while they have every permission that the account has: an account that
    /// was given more since then, or a maker who lost something, make it void.
    ///
    /// - Parameters:
    ///   - kind: What the link is for.
    ///   - secret: The secret in it.
    ///   - password: The new password.
    ///   - requestID: The id of the request, for the audit log.
    /// - Throws: `PortalError` `.notFound` for a link that does not work, `.invalidArgument` on `password`;
    ///   `PostgresError`.
    public func use(
        _ kind: AccountLink.Kind,
        secret: String,
        password: String,
        requestID: String? = nil
    ) async throws {
        // The link first: whoever has none shall not make the server hash.
        guard let link = try await link(kind, secret: secret), let secret = SecretToken(secret) else {
            throw PortalError.notFound("link")
        }
        let hash = try await newPasswordHash(password, of: link)
        let now = time.now()
        var actor = Caller.system("one-time link")
        actor.requestID = requestID
        let caller = actor
        try await database.elevated(for: .authentication).transaction { transaction in
            let query = AccountLinkQueries.usableForUpdate(kind, secretHash: secret.hash, at: now)
            guard let row = try await transaction.query(query).first else { throw PortalError.notFound("link") }
            let link = try AccountLink(row: row)
            let user = try await findForUpdate(link.userID, in: transaction)
            if try !row.decode("by_portal", as: Bool.self) {
                try await requireMaker(try row.decode("link_created_by"), of: user, in: transaction)
            }
            try await transaction.pipeline([
                AccountLinkQueries.use(link.id, at: now),
                UserQueries.updatePasswordHash(of: user.id, to: hash, at: now),
                UserQueries.noteAnswered(user.id, at: now),
                SessionQueries.deleteAll(of: user.id),
                // What was guessed at is no password any more, and who has the link is let in.
                SignInLockQueries.unlock(SignInAccount(email: user.email).key),
                SignInLockQueries.unlock(SignInAccount(changingPasswordOf: user).key),
                SignInAttemptQueries.clear(bucket: SignInAccount(email: user.email).key),
            ])
            let verb: AuditVerb = kind == .invitation ? .userAcceptInvitation : .userChangePassword
            let entry = AuditEntry(verb, of: .user(user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// The rule of `requireRoles(of:as:in:)` for who made a link, at the time of its use; nil is a maker who is no more.
    private func requireMaker(_ id: UserID?, of user: User, in transaction: PortalTransaction) async throws {
        guard let id else { throw PortalError.notFound("link") }
        guard let row = try await transaction.query(UserQueries.byID(id)).first else {
            throw PortalError.notFound("link")
        }
        let maker = try User(row: row)
        let rows = try await transaction.query(
            CallerQueries.bindings(of: id, rowsMax: limits.identity.bindingsPerUserMax)
        )
        // As they would come if they asked now.
        let caller = Caller(
            user: maker,
            bindings: try rows.compactMap { try RoleBinding(row: $0) },
            via: .session(SessionID())
        )
        guard maker.isActive else { throw PortalError.notFound("link") }
        do {
            try await requireRoles(of: user, as: caller, in: transaction)
        } catch let error as PortalError where [.forbidden, .conflict].contains(error.code) {
            throw PortalError.notFound("link")
        }
    }

    private func newPasswordHash(_ password: String, of link: AccountLink) async throws -> String {
        var errors = FieldErrors()
        errors.add(try await passwordErrors(password, context: [link.email, link.name], field: "password"))
        try errors.throwIfAny()
        return try await passwords.hash(password)
    }

    /// Makes a link of a kind and returns it with its secret.
    func issue(
        _ kind: AccountLink.Kind,
        for user: User,
        tenantID: TenantID?,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> NewAccountLink {
        let secret = SecretToken.random()
        let now = time.now()
        let life = kind == .invitation ? limits.access.invitationLifetime : limits.access.passwordResetLifetime
        let link = AccountLink(
            id: AccountLinkID(),
            kind: kind,
            userID: user.id,
            email: user.email,
            name: user.name,
            tenantID: tenantID,
            createdAt: now,
            expiresAt: now.advanced(by: life),
            usedAt: nil,
            revokedAt: nil
        )
        // A reset belongs to no tenant, so nobody's subtree has it.
        try await transaction.elevated(for: .authentication).execute(
            AccountLinkQueries.insert(link, secretHash: secret.hash, createdBy: caller.userID)
        )
        return NewAccountLink(link: link, secret: secret.text)
    }

    /// Every permission of the roles that an account has has to be the caller's own, where the account has them.
    ///
    /// With a tenant only those that the account itself has there, which are those that go when they are all taken.
    func requireRoles(
        of user: User,
        at tenantID: TenantID? = nil,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws {
        let rows = try await transaction.elevated(for: .inheritedRoles).query(
            CallerQueries.bindings(of: user.id, rowsMax: limits.identity.bindingsPerUserMax + 1)
        )
        let roles = try RoleRoom.all(of: rows, rolesMax: limits.identity.bindingsPerUserMax)
        guard let tenantID else { return try caller.requireAll(of: roles) }
        try caller.requireAll(of: roles.filter { $0.tenantID == tenantID && $0.source == .user })
    }

    /// An account, locked until the end of the transaction.
    func findForUpdate(_ id: UserID, in transaction: PortalTransaction) async throws -> User {
        guard let row = try await transaction.query(UserQueries.byIDForUpdate(id)).first else {
            throw PortalError.notFound("user")
        }
        return try User(row: row)
    }
}
