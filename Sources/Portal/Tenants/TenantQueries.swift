import FoundationEssentials
import Postgres

/// The SQL of tenants.
enum TenantQueries {
    /// What `Tenant(row:)` reads, from `tenants AS t`.
    static let columns: SQL = """
        t.id AS tenant_id, t.name AS tenant_name, t.path AS tenant_path, t.version AS tenant_version,
        t.created_at AS tenant_created_at, t.updated_at AS tenant_updated_at, t.archived_at AS tenant_archived_at
        """

    /// Keeps the shape of the tree as it is until the end of the transaction: no move, no archiving.
    ///
    /// Whoever writes something by the path of a tenant (a child, a vcluster, a reservation along the chain) takes this
    /// first and reads the path after it. Any number share it.
    static let shareTree: SQL = "SELECT tenants_share_tree()"

    /// Waits for all who share the tree, and keeps them out until the end of the transaction.
    static let lockTree: SQL = "SELECT tenants_lock_tree()"

    /// One tenant by primary key; who may see it is decided on its path.
    static func byID(_ id: TenantID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM tenants AS t
        WHERE t.id = \(id)
        """
    }

    /// One tenant, locked against other changes until the end of the transaction.
    static func byIDForUpdate(_ id: TenantID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE"
    }

    /// One tenant, locked against moves and removal until the end of the transaction; others may read and share it.
    static func byIDForShare(_ id: TenantID) -> SQL {
        byID(id) + " FOR SHARE"
    }

    /// The root; index `tenants_root_is_unique`.
    static func root() -> SQL {
        """
        SELECT \(sql: columns)
        FROM tenants AS t
        WHERE t.parent_id IS NULL
        """
    }

    /// Locks the root against other changes until the end of the transaction; index `tenants_root_is_unique`.
    static func lockRoot() -> SQL {
        """
        SELECT id
        FROM tenants
        WHERE parent_id IS NULL
        FOR NO KEY UPDATE
        """
    }

    /// A child by name without regard to case; index `tenants_name_is_unique_in_parent`.
    static func child(of parentID: TenantID, name: String) -> SQL {
        """
        SELECT \(sql: columns)
        FROM tenants AS t
        WHERE t.parent_id = \(parentID) AND lower(t.name) = lower(\(name))
        """
    }

    /// A page of the visible tenants by time of creation; indexes `tenants_by_level_…` or the primary key.
    static func page(
        _ filter: TenantFilter,
        visibleTo visibility: Caller.Visibility,
        after id: TenantID?,
        rowsMax: Int
    )
        -> SQL
    {
        var conditions: [SQL] = [isVisible(to: visibility), isArchived(filter.isArchived)]
        if let parentID = filter.parentID { conditions.append("t.parent_id = \(parentID)") }
        if let search = filter.search { conditions.append("t.name ILIKE \("%\(search.escapedForLike)%")") }
        if let id { conditions.append("t.id > \(id)") }
        return """
            SELECT \(sql: columns)
            FROM tenants AS t
            WHERE \(sql: conditions.joined(separator: " AND "))
            ORDER BY t.id
            LIMIT \(rowsMax)
            """
    }

    /// The tenant predicate on `tenants AS t`: the wall that no list goes without.
    static func isVisible(to visibility: Caller.Visibility) -> SQL {
        switch visibility {
        case .everything: "true"
        case .subtrees(let roots): SubtreeQueries.lies("t.path", in: roots)
        }
    }

    /// Whether `tenants AS t` was archived, or lives.
    static func isArchived(_ isArchived: Bool) -> SQL {
        isArchived ? "t.archived_at IS NOT NULL" : "t.archived_at IS NULL"
    }

    /// Adds a tenant; violates `tenants_name_is_unique_in_parent` or `tenants_root_is_unique`.
    static func insert(_ tenant: Tenant, createdBy: UserID?) -> SQL {
        """
        INSERT INTO tenants (id, parent_id, name, path, created_by, created_at, updated_at)
        VALUES (\(tenant.id), \(tenant.parentID), \(tenant.name), \(tenant.path), \(createdBy), \(tenant.createdAt),
            \(tenant.createdAt))
        """
    }

    /// Renames a tenant and returns it; violates `tenants_name_is_unique_in_parent`.
    static func rename(_ id: TenantID, to name: String, at time: Date) -> SQL {
        """
        UPDATE tenants AS t
        SET name = \(name), version = t.version + 1, updated_at = \(time)
        WHERE t.id = \(id)
        RETURNING \(sql: columns)
        """
    }

    /// One row: how many `groups` and custom `roles` were made at a tenant, and how many `invitations` into it nobody has
    /// answered or revoked.
    static func countAccess(of id: TenantID) -> SQL {
        """
        SELECT
            (SELECT count(*) FROM groups AS g WHERE g.tenant_id = \(id)) AS groups,
            (SELECT count(*) FROM roles AS r WHERE r.tenant_id = \(id)) AS roles,
            (SELECT count(*) FROM account_links AS l
                WHERE l.tenant_id = \(id) AND l.used_at IS NULL AND l.revoked_at IS NULL) AS invitations
        """
    }

    /// Removes a tenant; violates a foreign key while anything belongs to it.
    static func delete(_ id: TenantID) -> SQL {
        """
        DELETE FROM tenants
        WHERE id = \(id)
        """
    }
}
