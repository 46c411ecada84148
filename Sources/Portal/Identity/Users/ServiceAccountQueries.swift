import FoundationEssentials
import Postgres

/// The SQL of service accounts, which are users of their own kind.
enum ServiceAccountQueries {
    /// One service account with the path of its tenant; who may see it is decided on that path.
    static func byID(_ id: UserID) -> SQL {
        """
        SELECT \(sql: UserQueries.columns), t.id AS tenant_id, t.path AS tenant_path
        FROM service_accounts AS a
        JOIN users AS u ON u.id = a.user_id
        JOIN tenants AS t ON t.id = a.tenant_id
        WHERE a.user_id = \(id)
        """
    }

    /// The same, locked until the end of the transaction.
    static func byIDForUpdate(_ id: UserID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE OF u"
    }

    /// A page of the service accounts of some subtrees, by time of creation; index
    /// `service_accounts_name_is_unique_in_tenant`.
    static func page(visibleTo visibility: Caller.Visibility, after id: UserID?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: UserQueries.columns), t.id AS tenant_id
        FROM service_accounts AS a
        JOIN users AS u ON u.id = a.user_id
        JOIN tenants AS t ON t.id = a.tenant_id
        WHERE \(sql: TenantQueries.isVisible(to: visibility))
            AND (\(id)::uuid IS NULL OR u.id > \(id))
        ORDER BY u.id
        LIMIT \(rowsMax)
        """
    }

    /// How many there are at a tenant; index `service_accounts_name_is_unique_in_tenant`.
    static func count(at tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS accounts
        FROM service_accounts
        WHERE tenant_id = \(tenantID)
        """
    }

    /// Makes a user a service account; violates `service_accounts_name_is_unique_in_tenant`.
    static func insert(_ account: ServiceAccount) -> SQL {
        """
        INSERT INTO service_accounts (user_id, tenant_id, name)
        VALUES (\(account.id), \(account.tenantID), \(account.name))
        """
    }

    /// Renames one; violates `service_accounts_name_is_unique_in_tenant`.
    static func rename(_ id: UserID, to name: String, at time: Date) -> SQL {
        """
        WITH account AS (
            UPDATE service_accounts
            SET name = \(name)
            WHERE user_id = \(id)
        )
        UPDATE users
        SET name = \(name), version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Removes one with its tokens and roles; violates a foreign key when records name it.
    static func delete(_ id: UserID) -> SQL {
        """
        DELETE FROM users
        WHERE id = \(id) AND kind = 'service'
        """
    }
}
