import FoundationEssentials
public import Postgres

/// Users, how they sign in, and their tokens.
///
/// Every method that changes something writes the change and its audit row in one transaction.
public struct IdentityService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let passwordPolicy: PasswordPolicy
    let passwords: PasswordHasher

    /// A service over a database.
    ///
    /// Keep one: it bounds the password hashes of the process.
    public init(
        database: PostgresDatabase,
        time: any TimeSource,
        limits: PortalLimits = PortalLimits(),
        passwordPolicy: PasswordPolicy = PasswordPolicy()
    ) {
        self.database = PortalDatabase(database)
        self.time = time
        self.limits = limits
        self.passwordPolicy = passwordPolicy
        self.passwords = PasswordHasher(limits: limits.identity)
    }

    /// The caller with a session token; nil when the session does not exist or has ended, or the user is disabled.
    ///
    /// One query, and at most one write per `PortalLimits.Identity.lastUseResolution` that slides the expiry.
    ///
    /// - Throws: `PostgresError`.
    public func authenticate(sessionToken: String, requestID: String? = nil) async throws -> Caller? {
        guard let token = SecretToken(sessionToken) else { return nil }
        let now = time.now()
        let bindingsMax = limits.identity.bindingsPerUserMax
        let rows = try await database.elevated(for: .authentication).query(
            SessionQueries.caller(tokenHash: token.hash, at: now, bindingsMax: bindingsMax),
            idempotent: true
        )
        guard let first = rows.first else { return nil }
        let id: SessionID = try first.decode("credential_id")
        let stale = now.advanced(by: .zero - limits.identity.lastUseResolution)
        if try first.decode("last_used_at", as: Date.self) <= stale {
            let expiresAt = now.advanced(by: limits.identity.sessionIdle)
            try await database.elevated(for: .authentication).execute(
                SessionQueries.touch(id, at: now, expiresAt: expiresAt, unlessSeenAfter: stale),
                idempotent: true
            )
        }
        return try Caller(first: first, rows: rows, via: .session(id), requestID: requestID)
    }

    /// The caller with a bearer token: an API token or, for clients without cookies, a session token.
    ///
    /// Nil when it does not exist, has ended or was revoked, or the user is disabled.
    ///
    /// - Throws: `PostgresError`.
    public func authenticate(bearer: String, requestID: String? = nil) async throws -> Caller? {
        guard let token = SecretToken(bearer, prefix: SecretToken.apiPrefix) else {
            return try await authenticate(sessionToken: bearer, requestID: requestID)
        }
        let now = time.now()
        let bindingsMax = limits.identity.bindingsPerUserMax + limits.identity.bindingsPerTokenMax
        let rows = try await database.elevated(for: .authentication).query(
            APITokenQueries.caller(tokenHash: token.hash, at: now, bindingsMax: bindingsMax),
            idempotent: true
        )
        guard let first = rows.first else { return nil }
        let id: TokenID = try first.decode("credential_id")
        let stale = now.advanced(by: .zero - limits.identity.lastUseResolution)
        if try first.decode("last_used_at", as: Date?.self).map({ $0 <= stale }) ?? true {
            try await database.elevated(for: .authentication).execute(
                APITokenQueries.touch(id, at: now, unlessUsedAfter: stale),
                idempotent: true
            )
        }
        return try Caller(
            first: first,
            rows: rows,
            via: .token(id),
            scope: try CallerScope(row: first),
            requestID: requestID
        )
    }

    /// The bounds of sign-ins, sessions and tokens.
    public var bounds: PortalLimits.Identity { limits.identity }

    /// A token for the forms of a session: 86 characters, others at each call, all of them valid; stored nowhere.
    public func csrfToken(forSession sessionToken: String) -> String {
        CSRFToken.make(sessionToken: sessionToken)
    }

    /// Whether a form was served to this session.
    public func isValid(csrfToken: String, forSession sessionToken: String) -> Bool {
        CSRFToken.isValid(csrfToken, sessionToken: sessionToken)
    }

    /// Removes sessions, attempt windows, notices and records of links that have ended, a bounded number of each.
    ///
    /// - Throws: `PostgresError`.
    @discardableResult
    public func sweep(rowsMax: Int) async throws -> Int {
        let now = time.now()
        let unknownBefore = now.advanced(by: .zero - limits.identity.lockOutWindow)
        let knownBefore = now.advanced(by: .zero - limits.identity.failedSignInRetention)
        let statements = [
            SessionQueries.deleteExpired(at: now, rowsMax: rowsMax),
            SignInAttemptQueries.deleteExpired(at: now, rowsMax: rowsMax),
            SignInLockQueries.deleteOld(unknownBefore: unknownBefore, knownBefore: knownBefore, rowsMax: rowsMax),
            ProviderSignInQueries.deleteExpired(at: now, rowsMax: rowsMax),
            AccountNoticeQueries.deleteOld(before: knownBefore, rowsMax: rowsMax),
            AccountLinkQueries.deleteEnded(
                before: now.advanced(by: .zero - limits.access.linkRetention),
                rowsMax: rowsMax
            ),
        ]
        var removed = 0
        for statement in statements { removed += try await database.elevated(for: .housekeeping).execute(statement) }
        return removed
    }
}
