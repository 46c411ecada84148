import Crypto
public import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// Counts an attempt to prove a password, before it is looked at.
    ///
    /// - Throws: `PortalError` `.rateLimited` with `retryAfter` while the account is locked; `PostgresError`.
    func beginAttempt(_ account: SignInAccount, requestID: String?) async throws {
        let now = time.now()
        let bounds = limits.identity
        let rule = SignInLockQueries.Rule(
            failuresMax: bounds.lockOutAfter,
            windowStart: now.advanced(by: .zero - bounds.lockOutWindow),
            firstSeconds: bounds.lockOutFirst / .seconds(1),
            lastSeconds: bounds.lockOutMax / .seconds(1)
        )
        let store = database.elevated(for: .authentication)
        guard let row = try await store.query(SignInLockQueries.begin(account.key, at: now, rule)).first,
            let lockedUntil = try row.decode("locked_until", as: Date?.self)
        else { return }
        if try row.decode("refused_now", as: Int.self) == 1 {
            try await recordLockOut(of: account, until: lockedUntil, requestID: requestID)
        }
        let seconds = Self.wholeSeconds(from: now, until: lockedUntil)
        throw PortalError(
            .rateLimited,
            "Sign-in by password is locked after too many wrong ones. Wait \((seconds + 59) / 60) minutes and try again, "
                + "or ask an administrator to unlock it.",
            extensions: ["lockedUntil": .string(RFC3339.format(lockedUntil))],
            retryAfter: .seconds(seconds)
        )
    }

    /// Lets a locked account sign in by password again at once.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`; `PostgresError`.
    public func unlock(user id: UserID, as caller: Caller) async throws {
        try Self.requireAccounts(caller)
        let now = time.now()
        try await database.elevated(for: .authentication).transaction { transaction in
            guard let row = try await transaction.query(UserQueries.byID(id)).first else {
                throw PortalError.notFound("user")
            }
            let user = try User(row: row)
            let account = SignInAccount(email: user.email)
            try await transaction.execute(SignInLockQueries.unlock(account.key))
            try await transaction.execute(SignInLockQueries.unlock(SignInAccount(changingPasswordOf: user).key))
            try await transaction.execute(SignInAttemptQueries.clear(bucket: account.key))
            let entry = AuditEntry(.userUnlock, of: .user(user))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// Until when sign-in by password to an account is locked; nil when it is not.
    ///
    /// - Throws: `PortalError` `.forbidden` without `users.manage`; `PostgresError`.
    public func lockedUntil(user: User, as caller: Caller) async throws -> Date? {
        try caller.require(.usersManage)
        let statement = SignInLockQueries.lockedUntil(SignInAccount(email: user.email).key, at: time.now())
        let row = try await database.elevated(for: .authentication).query(statement, idempotent: true).first
        return try row?.decode("locked_until")
    }

    /// The caller's notices, newest first.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a bad page token, `.forbidden` for a token that is not for everything;
    ///   `PostgresError`.
    public func notices(_ page: PageRequest = .first, as caller: Caller) async throws -> Page<AccountNotice> {
        try Self.requireWhole(caller)
        let before: AccountNoticeID? = try page.position(in: "notices")
        let rows = try await database.as(caller).query(
            AccountNoticeQueries.page(of: caller.user.id, before: before, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try AccountNotice(row: $0) }, request: page, list: "notices", position: \.id)
    }

    /// Notes that the caller has read a notice and all older ones.
    ///
    /// - Throws: `PortalError` `.forbidden` for a token that is not for everything; `PostgresError`.
    public func markNoticesSeen(upTo id: AccountNoticeID, as caller: Caller) async throws {
        try Self.requireWhole(caller)
        let statement = AccountNoticeQueries.markSeen(of: caller.user.id, upTo: id, at: time.now())
        try await database.as(caller).execute(statement, idempotent: true)
    }

    /// The seconds to wait, rounded up; at least 1.
    ///
    /// Counted in the microseconds that the database keeps: a difference of two binary fractions may be a hair more.
    static func wholeSeconds(from now: Date, until end: Date) -> Int {
        let microseconds = end.microsecondsSince1970 - now.microsecondsSince1970
        return max(1, Int((microseconds + 999_999) / 1_000_000))
    }

    private func recordLockOut(of account: SignInAccount, until: Date, requestID: String?) async throws {
        let now = time.now()
        var actor = Caller.system("sign-in")
        actor.requestID = requestID
        let caller = actor
        try await database.elevated(for: .authentication).transaction { transaction in
            // Looked up for e-mails of no account too: otherwise the time would tell who has one.
            let row = try await transaction.query(UserQueries.byEmail(account.email)).first
            let user = try row.map { try User(row: $0) }
            let entry = AuditEntry(
                .userLockOut,
                of: user.map { .user($0) } ?? .unknownUser,
                after: ["until": .string(RFC3339.format(until))]
            )
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}

/// An account as somebody named it who wants to sign in; it may not exist.
struct SignInAccount: Sendable {
    /// The e-mail in lower case; empty when what was typed can be none.
    let email: String
    /// The hash that attempts are counted under.
    let key: [UInt8]

    init(email: String) {
        self.email = email
        key = Array(SHA256.hash(data: Data("email\n\(email)".utf8)))
    }

    /// Somebody signed in who proves the present password: counted by itself, so that strangers who guess at the sign-in
    /// page do not keep the owner from changing the password.
    init(changingPasswordOf user: User) {
        email = user.email
        key = Array(SHA256.hash(data: Data("password\n\(user.email)".utf8)))
    }
}
