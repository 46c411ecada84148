import Foundation
import JSON
import Postgres

extension IdentityService {
    /// Creates an account.
    ///
    /// - Throws: `PortalError` `.forbidden` without `users.manage`, `.invalidArgument`, `.alreadyExists`;
    ///   `PostgresError`.
    public func createUser(_ new: NewUser, as caller: Caller) async throws -> User {
        try caller.require(.usersManage)
        let (user, hash) = try await prepare(new)
        let now = user.createdAt
        do {
            try await database.as(caller).transaction { transaction in
                try await transaction.execute(UserQueries.insert(user, passwordHash: hash))
                var entry = AuditEntry(.userCreate, of: .user(user))
                entry.after = ["email": .string(user.email), "name": .string(user.name)]
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            }
        } catch  where error.violates("users_email_is_unique") {
            throw PortalError(.alreadyExists, "There is an account with this e-mail already.", underlying: error)
        }
        return user
    }

    /// The account with an e-mail, made if there is none; an existing one stays as it is.
    ///
    /// For the demo and for scripts that may run twice.
    ///
    /// - Throws: As `createUser`.
    public func ensureUser(_ new: NewUser, as caller: Caller) async throws -> User {
        if let user = try await user(email: new.email, as: caller) { return user }
        do {
            return try await createUser(new, as: caller)
        } catch let error as PortalError where error.code == .alreadyExists {
            // Another process made it in between.
            guard let user = try await user(email: new.email, as: caller) else { throw error }
            return user
        }
    }

    /// The account with an e-mail; nil when there is none.
    ///
    /// - Throws: `PortalError` `.forbidden` without `users.manage`; `PostgresError`.
    public func user(email: String, as caller: Caller) async throws -> User? {
        try caller.require(.usersManage)
        let row = try await database.as(caller).query(UserQueries.byEmail(email.trimmed.lowercased())).first
        return try row.map { try User(row: $0) }
    }

    /// A page of all accounts by e-mail, those with a text in e-mail or name.
    ///
    /// - Throws: `PortalError` `.forbidden` without `users.manage`; `PostgresError`.
    public func listUsers(
        search: String? = nil,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws
        -> Page<User>
    {
        try caller.require(.usersManage)
        let after = try page.cursor(list: "users", count: 1)?.keys[0]
        let search = search.flatMap { $0.trimmed.isEmpty ? nil : String($0.trimmed.prefix(100)) }
        let rows = try await database.as(caller).query(
            UserQueries.page(search: search, after: after, rowsMax: page.rowsMax)
        )
        return Page(rows: try rows.map { try User(row: $0) }, request: page) { user in
            PageCursor(list: "users", keys: [user.email])
        }
    }

    /// The first account: an admin of the organization, which is made when there is none.
    ///
    /// For the command line. Works later too, as the way back in.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.alreadyExists`; `PostgresError`.
    public func createFirstAdmin(
        email: String,
        password: String,
        name: String,
        organization: String = "Organization"
    ) async throws -> User {
        let caller = Caller.system("admin create")
        let user = try await createUser(NewUser(email: email, name: name, password: password), as: caller)
        let tenants = TenantService(database: database, time: time, limits: limits)
        let root = try await tenants.ensureRoot(name: organization, as: caller)
        try await tenants.addMember(user.id, role: .admin, to: root.id, as: caller)
        return user
    }

    /// Checks what an account is made from, and hashes its password.
    func prepare(_ new: NewUser) async throws -> (user: User, passwordHash: String?) {
        var errors = FieldErrors()
        let email = TextRules.email(new.email, field: "email", errors: &errors)
        let name = TextRules.line(
            new.name,
            field: "name",
            lengthMax: PortalLimits.Identity.nameLengthMax,
            errors: &errors
        )
        Self.checkTimeZone(new.timeZone, errors: &errors)
        if let password = new.password {
            errors.add(try await passwordErrors(password, context: [email, name], field: "password"))
        }
        try errors.throwIfAny()
        var hash: String?
        if let password = new.password { hash = try await passwords.hash(password) }
        let user = User(
            id: UserID(),
            email: email,
            name: name,
            locale: new.locale,
            timeZone: new.timeZone,
            createdAt: time.now()
        )
        return (user, hash)
    }

    /// Checks an IANA time zone.
    static func checkTimeZone(_ name: String, errors: inout FieldErrors) {
        // Foundation also knows abbreviations and GMT offsets; only names of the IANA list keep summer time right.
        if name != "UTC", !name.contains("/") || TimeZone(identifier: name) == nil {
            errors.add("timeZone", FieldErrorCode.invalidValue, "must be a time zone such as UTC or Europe/Berlin")
        }
    }
}
