import FoundationEssentials
import Postgres

extension IdentityService {
    /// A page of the tokens of a service account, newest first, expired and revoked ones too; without any secret.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func listTokens(
        ofServiceAccount id: UserID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<APIToken> {
        let account = try await getServiceAccount(id, as: caller)
        return try await tokens(of: account.id, page, as: caller)
    }

    /// Makes a token of a service account.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.manage` at the account's tenant or without a
    ///   permission that the account has, `.conflict` for a disabled account or too many tokens, and as
    ///   `createToken(name:lifetime:scope:as:)`; `PostgresError`.
    public func createToken(
        name: String,
        lifetime: Duration?,
        scope: APITokenScope = APITokenScope(),
        forServiceAccount id: UserID,
        as caller: Caller
    ) async throws -> NewAPIToken {
        // Who may not know the account learns nothing about the rest of the request; it is looked at again below.
        _ = try await serviceAccount(
            ServiceAccountQueries.byID(id),
            requiring: .membersManage,
            as: caller,
            in: database.as(caller)
        )
        return try await makeToken(name: name, lifetime: lifetime, scope: scope, as: caller) { transaction in
            let (account, user, path) = try await serviceAccount(
                ServiceAccountQueries.byIDForUpdate(id),
                requiring: .membersManage,
                as: caller,
                in: transaction
            )
            try await requireRoles(of: user, as: caller, in: transaction)
            guard account.disabledAt == nil else {
                throw PortalError(.conflict, "The service account is disabled. Enable it first.")
            }
            return TokenOwner(userID: id, path: path)
        }
    }

    /// Whether the caller manages the owner of a token: themselves, anybody with `users.manage`, or a service account at a
    /// tenant where they have `members.manage`.
    ///
    /// - Throws: `PostgresError`.
    static func manages(
        ownerOf token: APIToken,
        _ caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> Bool {
        if caller.isSystem || caller.has(.usersManage) { return true }
        if token.ownerID == caller.userID { return caller.has(.tokensManage) }
        guard let row = try await connection.query(ServiceAccountQueries.byID(token.ownerID)).first else {
            return false
        }
        return caller.has(.membersManage, onPath: try row.decode("tenant_path"))
    }

    /// The service account of a query for one, when the caller has a permission at its tenant.
    func serviceAccount(
        _ query: SQL,
        requiring permission: Permission,
        noun: String = "service account",
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> (account: ServiceAccount, user: User, path: [TenantID]) {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound(noun) }
        let user = try User(row: row)
        let account = ServiceAccount(user, at: try row.decode("tenant_id"))
        let path: [TenantID] = try row.decode("tenant_path")
        try caller.require(permission, onPath: path, noun: noun)
        return (account, user, path)
    }

    /// The name of a service account.
    static func checked(serviceName name: String) throws(PortalError) -> String {
        var errors = FieldErrors()
        let name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Access.nameLengthMax,
            errors: &errors
        )
        try errors.throwIfAny()
        return name
    }

    /// Runs a change and explains a name that is taken.
    static func explainingServiceNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("service_accounts_name_is_unique_in_tenant") {
            throw PortalError(
                .alreadyExists,
                "There is a service account with this name at the same tenant already. Choose another name.",
                underlying: error
            )
        }
    }
}
