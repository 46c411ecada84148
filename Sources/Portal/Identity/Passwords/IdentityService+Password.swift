import Postgres

extension IdentityService {
    /// What is wrong with a new password, in one field error at most.
    ///
    /// - Parameters:
    ///   - password: As it was typed.
    ///   - context: What others know of the account: e-mail, name.
    ///   - field: What the error names.
    /// - Returns: Empty when the password is accepted.
    /// - Throws: `PortalError` `.unavailable` when too many wait for a hash, `.internal`.
    func passwordErrors(_ password: String, context: [String], field: String) async throws -> [FieldError] {
        try await passwords.check(password, policy: passwordPolicy, context: context, field: field)
    }

    /// The shortest password that is accepted, in Unicode code points.
    public var passwordLengthMin: Int { passwordPolicy.lengthMin }

    /// Whether the caller has a password; who signs in elsewhere only has none.
    ///
    /// - Throws: `PostgresError`.
    public func hasPassword(_ caller: Caller) async throws -> Bool {
        let statement = UserQueries.passwordHash(of: caller.user.id)
        let row = try await database.as(caller).query(statement, idempotent: true).first
        return try row?.decode("password_hash", as: String?.self) != nil
    }

    /// Changes the caller's password and ends every other session of theirs.
    ///
    /// Wrong present passwords are counted as wrong sign-ins are, but by themselves: a stolen session does not guess without
    /// end, and strangers who guess at the sign-in page do not keep the owner from this.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `currentPassword` or `newPassword`, `.forbidden` for a caller without a
    ///   session, `.rateLimited` after too many wrong ones; `PostgresError`.
    public func changePassword(from current: String, to new: String, as caller: Caller) async throws {
        guard case .session(let kept) = caller.via else {
            throw PortalError(.forbidden, "Only a signed-in person can change a password. Sign in without a token.")
        }
        let user = caller.user
        let store = database.as(caller)
        let account = SignInAccount(changingPasswordOf: user)
        try await beginAttempt(account, requestID: caller.requestID)
        let stored = try await store.query(UserQueries.passwordHash(of: user.id)).first?
            .decode("password_hash", as: String?.self)
        let isPlausible = current.count <= PortalLimits.Identity.passwordLengthMax
        var errors = FieldErrors()
        if try await passwords.verify(isPlausible ? current : "", against: stored).isRight {
            try await store.execute(SignInLockQueries.unlock(account.key))
        } else {
            try await recordWrongPassword(as: caller)
            errors.add(Self.notYourPassword.fields)
        }
        let context = [user.email, user.name]
        errors.add(try await passwordErrors(new, context: context, field: "newPassword"))
        try errors.throwIfAny()
        guard let stored else { throw Self.notYourPassword }
        let hash = try await passwords.hash(new)
        let now = time.now()
        try await store.transaction { transaction in
            // Hashing takes a while, in which an admin or a provider may have taken the account from who asks.
            let still = UserQueries.signingInForUpdate(user.id, passwordHash: stored)
            guard try await !transaction.query(still).isEmpty else { throw Self.notYourPassword }
            try await transaction.execute(UserQueries.updatePasswordHash(of: user.id, to: hash, at: now))
            try await transaction.execute(SessionQueries.deleteAll(of: user.id, except: kept))
            let entry = AuditEntry(.userChangePassword, of: .user(user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// Who guesses with a stolen session leaves a trace, as who guesses at the sign-in page does.
    private func recordWrongPassword(as caller: Caller) async throws {
        let now = time.now()
        var entry = AuditEntry(.userChangePassword, of: .user(caller.user))
        entry.result = .refused
        let refusal = entry
        try await database.as(caller).transaction { transaction in
            try await AuditLog.record(refusal, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    private static let notYourPassword = PortalError.invalid(
        "currentPassword",
        FieldErrorCode.passwordWrong,
        "is not your password"
    )
}
