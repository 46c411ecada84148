import Crypto
import FoundationEssentials
import Postgres

extension IdentityService {
    /// Signs a user in with e-mail and password.
    ///
    /// An unknown e-mail, a wrong password and a disabled account give the same error after the same work, so nobody
    /// learns who has an account.
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
        let email = email.trimmed.lowercased()
        let isSane =
            email.utf8.count <= PortalLimits.Identity.emailLengthMax && !email.utf8.contains(0)
            && password.count <= PortalLimits.Identity.passwordLengthMax
        let buckets = SignInBuckets(email: isSane ? email : "", address: clientAddress)
        try await countAttempt(buckets)
        let row =
            isSane
            ? try await database.elevated(for: .authentication).query(UserQueries.byEmail(email), idempotent: true)
                .first : nil
        let stored = try row?.decode("password_hash", as: String?.self)
        let (isRight, upgrade) = try await passwords.verify(isSane ? password : "", against: stored)
        let user = try row.map { try User(row: $0) }
        guard let user, isRight, user.isActive else {
            try await recordRefusal(of: user, requestID: requestID)
            throw Self.wrongCredentials
        }
        return try await startSession(
            of: user,
            buckets: buckets,
            passwordUpgrade: upgrade,
            clientAddress: clientAddress,
            userAgent: userAgent,
            requestID: requestID
        )
    }

    /// Ends a session; does nothing when it has ended already.
    ///
    /// - Throws: `PostgresError`.
    public func signOut(sessionToken: String, as caller: Caller) async throws {
        guard let token = SecretToken(sessionToken) else { return }
        let now = time.now()
        try await database.elevated(for: .authentication).transaction { transaction in
            let ended = try await transaction.query(SessionQueries.delete(tokenHash: token.hash))
            guard !ended.isEmpty else { return }
            let entry = AuditEntry("session.end", of: .user(caller.user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    private static let wrongCredentials = PortalError(
        .unauthenticated,
        "E-mail or password is wrong. Check both; a manager of your organization can tell whether you have an account."
    )

    /// Counts the attempt before the password is looked at, and refuses it beyond a limit.
    ///
    /// The narrow buckets come last and a refused attempt counts in no further bucket: one address alone cannot lock an
    /// account for everybody else.
    private func countAttempt(_ buckets: SignInBuckets) async throws {
        let now = time.now()
        let windowEndsAt = now.advanced(by: limits.identity.signInWindow)
        let steps = [
            (buckets.address, limits.identity.signInsPerAddressMax),
            (buckets.pair, limits.identity.signInsPerPairMax),
            (buckets.email, limits.identity.signInsPerEmailMax),
        ]
        for (bucket, attemptsMax) in steps {
            let statement = SignInAttemptQueries.count(bucket: bucket, at: now, windowEndsAt: windowEndsAt)
            guard let row = try await database.elevated(for: .authentication).query(statement).first,
                try row.decode("attempts", as: Int.self) > attemptsMax
            else { continue }
            let blockedUntil: Date = try row.decode("window_ends_at")
            let seconds = max(1, Int(blockedUntil.timeIntervalSince(now).rounded(.up)))
            throw PortalError(
                .rateLimited,
                "Too many sign-ins failed. Wait \((seconds + 59) / 60) minutes, then try again.",
                retryAfter: .seconds(seconds)
            )
        }
    }

    /// Written for unknown e-mails too: otherwise the time would tell who has an account.
    private func recordRefusal(of user: User?, requestID: String?) async throws {
        var actor = Caller.system("sign-in")
        actor.requestID = requestID
        var entry = AuditEntry("session.start", of: user.map { .user($0) } ?? .unknownUser)
        entry.result = .refused
        let (refusal, caller, now) = (entry, actor, time.now())
        try await database.elevated(for: .authentication).transaction { transaction in
            try await AuditLog.record(refusal, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    private func startSession(
        of user: User,
        buckets: SignInBuckets,
        passwordUpgrade: String?,
        clientAddress: String,
        userAgent: String,
        requestID: String?
    ) async throws -> SignIn {
        let now = time.now()
        let session = NewSession(
            userID: user.id,
            createdAt: now,
            expiresAt: now.advanced(by: limits.identity.sessionIdle),
            endsAt: now.advanced(by: limits.identity.sessionLifetime),
            clientAddress: String(clientAddress.prefix(100)),
            userAgent: String(userAgent.unicodeScalars.filter { $0 != "\0" }.prefix(300).map(Character.init))
        )
        let token = SecretToken.random()
        let caller = Caller(user: user, bindings: [], via: .session(session.id), requestID: requestID)
        let kept = limits.identity.sessionsPerUserMax
        try await database.elevated(for: .authentication).transaction { transaction in
            try await transaction.execute(SessionQueries.insert(session, tokenHash: token.hash))
            try await transaction.execute(SessionQueries.deleteOldest(of: user.id, kept: kept))
            try await transaction.execute(SignInAttemptQueries.clear(bucket: buckets.pair))
            try await transaction.execute(SignInAttemptQueries.uncount(bucket: buckets.email))
            try await transaction.execute(SignInAttemptQueries.uncount(bucket: buckets.address))
            if let passwordUpgrade {
                try await transaction.execute(
                    UserQueries.updatePasswordHash(of: user.id, to: passwordUpgrade, at: now)
                )
            }
            let entry = AuditEntry("session.start", of: .user(user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
        return SignIn(token: token.text, expiresAt: session.expiresAt, user: user)
    }
}

/// The buckets that a sign-in counts in, as hashes: people type passwords into e-mail fields.
struct SignInBuckets: Sendable {
    let pair: [UInt8]
    let email: [UInt8]
    let address: [UInt8]

    init(email: String, address: String) {
        self.pair = Self.hash("pair\n\(email)\n\(address)")
        self.email = Self.hash("email\n\(email)")
        self.address = Self.hash("address\n\(address)")
    }

    private static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
