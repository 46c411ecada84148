public import Postgres

extension PortalDatabase {
    /// What the files of migrations find in force: they change the rows of all tenants.
    public static var migrationSetting: PostgresSetting { TenantSetting.everything }

    /// Whether row-level security binds the server.
    ///
    /// - Throws: `PostgresError`.
    public func rowSecurity() async throws -> RowSecurity {
        let rows = try await elevated(for: .metrics).pipeline([
            RowSecurityQueries.role, RowSecurityQueries.unprotectedTables,
        ])
        guard let role = rows[0].first else {
            throw PortalError(.unavailable, "The database does not know its own user.")
        }
        return RowSecurity(
            role: try role.decode("name"),
            isExempt: try role.decode("is_exempt"),
            unprotectedTables: try rows[1].map { try $0.decode("name") }
        )
    }
}

/// How row-level security stands in a database.
public struct RowSecurity: Sendable, Hashable {
    /// The role that the server connects as.
    public let role: String
    /// True for a superuser and a role with BYPASSRLS: PostgreSQL shows them every row, whatever the policies say.
    public let isExempt: Bool
    /// Tables that belong to tenants and have no policy that binds their owner; by name, empty when all is well.
    public let unprotectedTables: [String]

    /// What is wrong and what to do about it, for a person at a terminal; nil when nothing is.
    public var problem: String? {
        if isExempt {
            return """
                the database role "\(role)" is a superuser or has BYPASSRLS, so row-level security does not bind it; \
                make an ordinary role that owns the database (docs/operations.md, "The database role"), or set \
                PORTAL_DATABASE_ALLOW_SUPERUSER=true to do without the wall between tenants
                """
        }
        guard unprotectedTables.isEmpty else {
            return "no row-level security on \(unprotectedTables.joined(separator: ", ")): run `migrate up`"
        }
        return nil
    }
}
