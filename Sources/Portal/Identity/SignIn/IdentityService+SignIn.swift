import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// Signs a user in with e-mail and password.
    ///
    /// An unknown e-mail, a wrong password and a disabled account give the same error after the same work, and the same
    /// lock-out after as many attempts, so nobody learns who has an account.
    ///
    /// - Throws: `PortalError` `.unauthenticated`, `.rateLimited` with `retryAfter`, `.unavailable` when too many sign
    ///   in at once; `PostgresError`.
    public func signIn(
        email: String,
        password: String,
        clientAddress: String,
        userAgent: String = "",
        requestID: String? = nil
    ) async throws -> SignIn {
        let client = ClientInfo(address: clientAddress, userAgent: userAgent, requestID: requestID)
        let email = email.trimmed.lowercased()
        let isSane =
            email.utf8.count <= PortalLimits.Identity.emailLengthMax && !email.utf8.contains(0)
            && password.count <= PortalLimits.Identity.passwordLengthMax
        let account = SignInAccount(email: isSane ? email : "")
        let buckets = SignInBuckets(account: account, client: client)
        try await countAttempt(buckets)
        // What can be no e-mail is no account; all of that would share one row.
        if isSane { try await beginAttempt(account, requestID: requestID) }
        let store = database.elevated(for: .authentication)
        let row = isSane ? try await store.query(UserQueries.byEmail(email), idempotent: true).first : nil
        let stored = try row?.decode("password_hash", as: String?.self)
        let (isRight, upgrade) = try await passwords.verify(isSane ? password : "", against: stored)
        let user = try row.map { try User(row: $0) }
        guard let user, isRight, user.isActive else {
            try await recordRefusal(of: user, account, client)
            throw Self.wrongCredentials
        }
        return try await startSession(
            NewSignIn(
                user: user,
                client: client,
                provider: nil,
                buckets: buckets,
                passwordHash: stored,
                passwordUpgrade: upgrade
            )
        )
    }

    /// Ends a session; does nothing when it has ended already.
    ///
    /// - Returns: The identity provider that vouched for the user at its start; nil when it was a password.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func signOut(sessionToken: String, as caller: Caller) async throws -> String? {
        guard let token = SecretToken(sessionToken) else { return nil }
        let now = time.now()
        return try await database.elevated(for: .authentication).transaction { transaction in
            let ended = try await transaction.query(SessionQueries.delete(tokenHash: token.hash))
            guard let row = ended.first else { return nil }
            let entry = AuditEntry(.sessionEnd, of: .user(caller.user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return try row.decode("provider", as: String?.self)
        }
    }

    static let wrongCredentials = PortalError(
        .unauthenticated,
        "E-mail or password is wrong. Check both; a manager of your organization can tell whether you have an account."
    )

    /// Counts the attempt before the password is looked at, and refuses it beyond a limit.
    ///
    /// The narrow buckets come last and a refused attempt counts in no further bucket: one address alone cannot use up
    /// the attempts of everybody else.
    private func countAttempt(_ buckets: SignInBuckets) async throws {
        try await countAttempts([
            (buckets.address, limits.identity.signInsPerAddressMax),
            (buckets.pair, limits.identity.signInsPerPairMax),
            (buckets.account, limits.identity.signInsPerEmailMax),
        ])
    }

    /// Counts an attempt in some buckets, in this order, until one of them is full.
    func countAttempts(_ steps: [(bucket: [UInt8], attemptsMax: Int)]) async throws {
        let now = time.now()
        let windowEndsAt = now.advanced(by: limits.identity.signInWindow)
        for (bucket, attemptsMax) in steps {
            let statement = SignInAttemptQueries.count(bucket: bucket, at: now, windowEndsAt: windowEndsAt)
            guard let row = try await database.elevated(for: .authentication).query(statement).first,
                try row.decode("attempts", as: Int.self) > attemptsMax
            else { continue }
            let blockedUntil: Date = try row.decode("window_ends_at")
            let seconds = Self.wholeSeconds(from: now, until: blockedUntil)
            throw PortalError(
                .rateLimited,
                "Too many sign-ins failed. Wait \((seconds + 59) / 60) minutes, then try again.",
                retryAfter: .seconds(seconds)
            )
        }
    }

    /// Written for unknown e-mails too: otherwise the time would tell who has an account.
    private func recordRefusal(of user: User?, _ account: SignInAccount, _ client: ClientInfo) async throws {
        var actor = Caller.system("sign-in")
        actor.requestID = client.requestID
        var entry = AuditEntry(.sessionStart, of: user.map { .user($0) } ?? .unknownUser)
        entry.after = ["address": .string(client.address)]
        entry.result = .refused
        let (refusal, caller, now) = (entry, actor, time.now())
        let addressesMax = limits.identity.failedAddressesMax
        try await database.elevated(for: .authentication).transaction { transaction in
            try await transaction.execute(
                SignInLockQueries.fail(
                    account.key,
                    userID: user?.id,
                    address: client.address,
                    addressesMax: addressesMax,
                    at: now
                )
            )
            try await AuditLog.record(refusal, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}
