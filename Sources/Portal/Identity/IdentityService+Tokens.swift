import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// Makes an API token for the caller; it can do what the caller can inside of its scope, until it expires or is
    /// revoked.
    ///
    /// - Parameters:
    ///   - name: What the caller calls it.
    ///   - lifetime: How long it lives; nil is the default, or what is left of the token that the caller came with.
    ///   - scope: What narrows it.
    ///   - caller: Who asks.
    /// - Returns: The token with its secret.
    /// - Throws: `PortalError` `.invalidArgument` for a name, a life or a scope out of bounds, `.forbidden` for a scope
    ///   beyond that of the caller's own token, `.conflict` when the caller has too many; `PostgresError`.
    public func createToken(
        name: String,
        lifetime: Duration?,
        scope: APITokenScope = APITokenScope(),
        as caller: Caller
    ) async throws -> NewAPIToken {
        try caller.require(.tokensManage)
        guard let userID = caller.userID else { throw PortalError.forbidden(.tokensManage) }
        return try await makeToken(name: name, lifetime: lifetime, scope: scope, as: caller) { transaction in
            try await personToken(of: userID, in: transaction)
        }
    }

    /// Makes an API token for the account with an e-mail; for the command line.
    ///
    /// - Throws: `PortalError` `.forbidden` for anybody but the portal itself, `.notFound`, and as
    ///   `createToken(name:lifetime:as:)`; `PostgresError`.
    public func createToken(
        name: String,
        lifetime: Duration,
        forUser email: String,
        as caller: Caller
    ) async throws -> NewAPIToken {
        guard caller.isSystem else { throw PortalError.forbidden(.usersManage) }
        guard let user = try await user(email: email, as: caller), user.isActive else {
            throw PortalError.notFound("account with this e-mail")
        }
        return try await makeToken(name: name, lifetime: lifetime, scope: APITokenScope(), as: caller) { transaction in
            try await personToken(of: user.id, in: transaction)
        }
    }

    /// The caller's tokens, newest first, expired and revoked ones too.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a foreign page token, `.forbidden` without `tokens.manage` and for a
    ///   token that is not for everything; `PostgresError`.
    public func listTokens(_ page: PageRequest = .first, as caller: Caller) async throws -> Page<APIToken> {
        try caller.require(.tokensManage)
        try Self.requireWhole(caller)
        return try await tokens(of: caller.user.id, page, as: caller)
    }

    func tokens(of userID: UserID, _ page: PageRequest, as caller: Caller) async throws -> Page<APIToken> {
        let before: TokenID? = try page.position(in: "tokens")
        let rows = try await database.elevated(for: .authentication).query(
            APITokenQueries.page(of: userID, before: before, rowsMax: page.rowsMax)
        )
        return Page(rows: try rows.map { try APIToken(row: $0) }, request: page, list: "tokens", position: \.id)
    }

    /// The tokens of somebody, newest first, expired and revoked ones too; without any secret.
    ///
    /// - Throws: `PortalError` `.notFound`, also without `users.manage`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func listTokens(
        of userID: UserID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<APIToken> {
        try Self.requireAccounts(caller)
        guard try await database.as(caller).query(UserQueries.byID(userID)).first != nil else {
            throw PortalError.notFound("user")
        }
        return try await tokens(of: userID, page, as: caller)
    }

    /// Revokes a token of the caller, of a service account where they manage members, or anybody's with `users.manage`.
    ///
    /// With it go the tokens that it has made, whoever has them, and those that they made. Revoking it again changes nothing.
    ///
    /// A token that is not for everything revokes itself and those that it has made, and no other of its owner.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`; `PostgresError`.
    public func revokeToken(_ id: TokenID, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let elevated = transaction.elevated(for: .authentication)
            guard let row = try await elevated.query(APITokenQueries.byIDForUpdate(id)).first else {
                throw PortalError.notFound("token")
            }
            let token = try APIToken(row: row)
            guard try await Self.manages(ownerOf: token, caller, in: transaction) else {
                throw PortalError.notFound("token")
            }
            if token.ownerID == caller.userID, token.id != caller.tokenID, token.makerID != caller.tokenID {
                try Self.requireWhole(caller)
            }
            let revoked = try await Self.revoke(APITokenQueries.revokeWithMade(id, at: now), in: transaction)
            guard !revoked.isEmpty else { return }
            // Those that it made may be of accounts elsewhere, whose tenants the caller may not see.
            let account = try await transaction.query(ServiceAccountQueries.byID(token.ownerID)).first
            let path: [TenantID]? = try account?.decode("tenant_path")
            let entries = revoked.map { other in
                AuditEntry(.tokenRevoke, of: .token(other, path: other.ownerID == token.ownerID ? path : nil))
            }
            try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// Revokes tokens with those that they have made, until none is left that was made meanwhile.
    ///
    /// Only a token that works can make another, so each pass leaves fewer that could.
    ///
    /// - Returns: Those that were not revoked before, by id.
    static func revoke(_ statement: SQL, in transaction: PortalTransaction) async throws -> [APIToken] {
        var revoked: [APIToken] = []
        while true {
            let rows = try await transaction.elevated(for: .authentication).query(statement)
            guard !rows.isEmpty else { return revoked.sorted { $0.id < $1.id } }
            revoked += try rows.map { try APIToken(row: $0) }
        }
    }

    /// Makes a token of an account.
    ///
    /// A token that makes another one passes on no more than it has: not in its scope, and not in time.
    ///
    /// `owner` finds, checks and locks the account in the transaction: whoever disables it meanwhile revokes its tokens, and
    /// one more must not come after that. The lock makes counting and adding one step, too.
    func makeToken(
        name: String,
        lifetime: Duration?,
        scope: APITokenScope,
        as caller: Caller,
        owner: @escaping @Sendable (PortalTransaction) async throws -> TokenOwner
    ) async throws -> NewAPIToken {
        let name = try checked(tokenName: name, lifetime: lifetime)
        let secret = SecretToken.random(prefix: SecretToken.apiPrefix)
        let now = time.now()
        let scope = try await scope.checked(for: caller, in: database.as(caller))
        return try await database.as(caller).transaction { transaction in
            let owner = try await owner(transaction)
            let userID = owner.userID
            try await requireActive(caller, in: transaction)
            let elevated = transaction.elevated(for: .authentication)
            let row = try await elevated.query(APITokenQueries.countUsable(of: userID, at: now)).first
            guard let count = try row?.decode("tokens", as: Int.self), count < limits.identity.tokensPerUserMax else {
                throw PortalError(
                    .conflict,
                    "There are \(limits.identity.tokensPerUserMax) tokens, which is the most. Revoke one that is not used."
                )
            }
            let token = APIToken(
                id: TokenID(),
                ownerID: userID,
                name: name,
                hint: secret.hint,
                createdAt: now,
                expiresAt: try await end(after: lifetime, from: now, as: caller, in: elevated),
                lastUsedAt: nil,
                revokedAt: nil,
                scope: scope,
                makerID: caller.tokenID
            )
            try await elevated.execute(APITokenQueries.insert(token, hash: secret.hash))
            var entry = AuditEntry(.tokenCreate, of: .token(token, path: owner.path))
            entry.after = token.json
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return NewAPIToken(token: token, secret: secret.text)
        }
    }

    /// A person as the owner of a new token.
    private func personToken(of userID: UserID, in transaction: PortalTransaction) async throws -> TokenOwner {
        let user = try await findForUpdate(userID, in: transaction)
        guard user.isActive else { throw Self.isDisabled }
        return TokenOwner(userID: userID, path: nil)
    }

    /// Guards what outlives the request: who asks must not have been disabled since it began.
    private func requireActive(_ caller: Caller, in transaction: PortalTransaction) async throws {
        guard let id = caller.userID else { return }
        guard try await !transaction.query(UserQueries.activeForShare(id)).isEmpty else { throw Self.isDisabled }
    }

    private static let isDisabled = PortalError(.unauthenticated, "This account is disabled. Ask an administrator.")

    private func checked(tokenName name: String, lifetime: Duration?) throws(PortalError) -> String {
        var errors = FieldErrors()
        let name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Identity.tokenNameLengthMax,
            errors: &errors
        )
        let bounds = limits.identity
        if let lifetime, lifetime < bounds.tokenLifetimeMin || lifetime > bounds.tokenLifetimeMax {
            let days = bounds.tokenLifetimeMax.components.seconds / 86400
            errors.add(
                "expiresAt",
                FieldErrorCode.outOfRange,
                "must be at least a minute and at most \(days) days ahead"
            )
        }
        try errors.throwIfAny()
        return name
    }

    /// When a new token ends: at the end of the token that makes it at the latest.
    private func end(
        after lifetime: Duration?,
        from now: Date,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> Date {
        let bounds = limits.identity
        let wanted = now.advanced(by: lifetime ?? min(bounds.tokenLifetimeDefault, bounds.tokenLifetimeMax))
        guard case .token(let id) = caller.via else { return wanted }
        guard let row = try await transaction.query(APITokenQueries.endForShare(id, at: now)).first else {
            throw PortalError(.unauthenticated, "The API token of this request has ended or was revoked.")
        }
        let own: Date = try row.decode("expires_at")
        // A second is for rounding: what is stored never lies after the end of the token that makes it.
        guard lifetime == nil || wanted <= own.addingTimeInterval(1) else {
            throw PortalError.invalid(
                "expiresAt",
                FieldErrorCode.outOfRange,
                "must not be after the end of the token that asks, \(RFC3339.format(own))"
            )
        }
        return min(wanted, own)
    }
}

/// The account that a token is made for.
struct TokenOwner: Sendable {
    let userID: UserID
    /// The tenant of a service account with its ancestors, root first; nil for a person.
    let path: [TenantID]?
}
