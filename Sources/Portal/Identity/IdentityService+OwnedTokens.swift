import Postgres

/// A token with the name of who has it.
public struct OwnedToken: Sendable {
    /// The token.
    public let token: APIToken
    /// The name of its owner.
    public let ownerName: String
    /// Whether the owner is a service account.
    public let isOfServiceAccount: Bool
}

extension IdentityService {
    /// The tokens that a caller could give a role of its own: their own, and those of service accounts at tenants where
    /// they manage members.
    ///
    /// Admins can give roles to the tokens of other people too; those are found on the pages of the accounts.
    ///
    /// - Returns: The newest that work, at most `PortalLimits.Pages.sizeMax`.
    /// - Throws: `PostgresError`.
    public func tokensToGiveRoles(as caller: Caller) async throws -> [OwnedToken] {
        let query = APITokenQueries.usable(
            of: caller.has(.tokensManage) ? caller.userID : nil,
            andServiceAccountsIn: caller.visibility(holding: .membersManage),
            at: time.now(),
            rowsMax: PortalLimits.Pages.sizeMax
        )
        return try await database.elevated(for: .authentication).query(query, idempotent: true).map { row in
            OwnedToken(
                token: try APIToken(row: row),
                ownerName: try row.decode("owner_name"),
                isOfServiceAccount: try row.decode("owner_kind", as: User.Kind.self) == .service
            )
        }
    }
}
