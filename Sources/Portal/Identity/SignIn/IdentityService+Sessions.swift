import Crypto
import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// Starts the session of somebody who has proved who they are, and tells what failed before.
    ///
    /// Looking at a password takes a while. Who has disabled the account meanwhile, changed its password or tied it to a
    /// provider has ended its sessions, and one that is started by what was true before must not come after that.
    ///
    /// - Throws: `PortalError` `.unauthenticated` when the password is not the account's any more; `PostgresError`.
    func startSession(_ signIn: NewSignIn) async throws -> SignIn {
        let (token, session) = makeSession(signIn)
        let now = session.createdAt
        let failures = try await database.elevated(for: .authentication).transaction { transaction in
            if let hash = signIn.passwordHash {
                let still = UserQueries.signingInForUpdate(signIn.user.id, passwordHash: hash)
                guard try await !transaction.query(still).isEmpty else { throw Self.wrongCredentials }
            }
            let failures = try await clearAttempts(signIn, at: now, in: transaction)
            try await insert(session, token, signIn, in: transaction)
            return failures
        }
        return SignIn(token: token.text, expiresAt: session.expiresAt, user: signIn.user, failures: failures)
    }

    /// The session that a sign-in is about to start, with its secret.
    func makeSession(_ signIn: NewSignIn) -> (token: SecretToken, session: NewSession) {
        let now = time.now()
        let session = NewSession(
            userID: signIn.user.id,
            createdAt: now,
            expiresAt: now.advanced(by: limits.identity.sessionIdle),
            endsAt: now.advanced(by: limits.identity.sessionLifetime),
            clientAddress: signIn.client.address,
            userAgent: signIn.client.userAgent,
            provider: signIn.provider
        )
        return (SecretToken.random(), session)
    }

    /// Writes a session, the time of the sign-in and its audit row, which comes last with those of what else the sign-in changed.
    func insert(
        _ session: NewSession,
        _ token: SecretToken,
        _ signIn: NewSignIn,
        after changes: [AuditEntry] = [],
        in transaction: some PostgresQueryable
    ) async throws {
        let user = signIn.user
        let kept = limits.identity.sessionsPerUserMax
        try await transaction.execute(SessionQueries.insert(session, tokenHash: token.hash))
        try await transaction.execute(SessionQueries.deleteOldest(of: user.id, kept: kept))
        try await transaction.execute(UserQueries.noteSignIn(user.id, at: session.createdAt))
        let caller = Caller(user: user, bindings: [], via: .session(session.id), requestID: signIn.client.requestID)
        var entry = AuditEntry(.sessionStart, of: .user(user))
        entry.after = ["address": .string(signIn.client.address)]
        if let provider = signIn.provider { entry.after?["provider"] = .string(provider) }
        let entries = changes + [entry]
        try await AuditLog.record(entries, by: caller, at: session.createdAt, limits: limits.audit, in: transaction)
    }

    /// Forgets the attempts of a sign-in by password that worked, and leaves a notice of those that did not.
    private func clearAttempts(
        _ signIn: NewSignIn,
        at now: Date,
        in transaction: some PostgresQueryable
    ) async throws -> FailedSignIns? {
        guard let buckets = signIn.buckets else { return nil }
        try await transaction.execute(SignInAttemptQueries.clear(bucket: buckets.pair))
        try await transaction.execute(SignInAttemptQueries.uncount(bucket: buckets.account))
        try await transaction.execute(SignInAttemptQueries.uncount(bucket: buckets.address))
        if let hash = signIn.passwordUpgrade {
            try await transaction.execute(UserQueries.updatePasswordHash(of: signIn.user.id, to: hash, at: now))
        }
        guard let row = try await transaction.query(SignInLockQueries.clear(buckets.account)).first,
            try row.decode("failures", as: Int.self) > 0
        else { return nil }
        let failures = try FailedSignIns(row: row)
        let notice = AccountNoticeQueries.insert(AccountNoticeID(), userID: signIn.user.id, failures, at: now)
        try await transaction.execute(notice)
        return failures
    }
}

/// Somebody who has proved who they are.
struct NewSignIn: Sendable {
    let user: User
    let client: ClientInfo
    /// The identity provider that vouched; nil for a password.
    let provider: String?
    /// What to forget; nil when no password was counted.
    var buckets: SignInBuckets?
    /// The hash that the password was right for; nil when no password was looked at.
    var passwordHash: String?
    /// The hash to store from now on, when the stored one is too cheap.
    var passwordUpgrade: String?
}

/// The buckets that a sign-in counts in, as hashes: people type passwords into e-mail fields.
struct SignInBuckets: Sendable {
    let pair: [UInt8]
    let account: [UInt8]
    let address: [UInt8]

    init(account: SignInAccount, client: ClientInfo) {
        self.pair = Self.hash("pair\n\(account.email)\n\(client.network)")
        self.account = account.key
        self.address = Self.address(client)
    }

    /// The bucket of everything that comes from one place.
    static func address(_ client: ClientInfo) -> [UInt8] { hash("address\n\(client.network)") }

    /// The bucket with a name.
    static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
