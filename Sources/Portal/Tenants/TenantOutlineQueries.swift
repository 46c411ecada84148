import Postgres

/// The SQL of trees and choices, whose cost is that of the page and not of the tree.
enum TenantOutlineQueries {
    /// A page of a part of the tree by name, with the number of live children of each.
    ///
    /// Children: index `tenants_live_children`. A text in a name: a scan of the table, which ten thousand rows bear.
    static func page(
        _ outline: TenantOutline,
        roots: Caller.Visibility,
        after cursor: (name: String, id: TenantID)?,
        rowsMax: Int
    ) -> SQL {
        var conditions: [SQL] = [TenantQueries.isVisible(to: roots)]
        switch outline {
        case .roots:
            switch roots {
            case .everything: conditions = ["t.parent_id IS NULL"]
            case .subtrees(let ids): conditions = ["t.id = ANY(\(ids)::uuid[])"]
            }
        case .children(let id): conditions.append("t.parent_id = \(id)")
        case .named(let text), .archived(let text):
            if !text.isEmpty { conditions.append("t.name ILIKE \("%\(text.escapedForLike)%")") }
        }
        if case .archived = outline {
            conditions.append(TenantQueries.isArchived(true))
        } else {
            conditions.append(TenantQueries.isArchived(false))
        }
        if let cursor { conditions.append("(lower(t.name), t.id) > (\(cursor.name), \(cursor.id))") }
        return """
            SELECT \(sql: TenantQueries.columns), lower(t.name) AS sort_name, below.children AS child_count
            FROM (
                SELECT t.id, t.name, t.path, t.version, t.created_at, t.updated_at, t.archived_at
                FROM tenants AS t
                WHERE \(sql: conditions.joined(separator: " AND "))
                ORDER BY lower(t.name), t.id
                LIMIT \(rowsMax)
            ) AS t
            CROSS JOIN LATERAL (
                SELECT count(*) AS children
                FROM tenants AS c
                WHERE c.parent_id = t.id AND c.archived_at IS NULL
            ) AS below
            ORDER BY lower(t.name), t.id
            """
    }

    /// Some tenants and those above them, as far as they are visible, shallow ones first; by primary key.
    static func lineage(of ids: [TenantID], visibleTo visibility: Caller.Visibility, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: TenantQueries.columns)
        FROM tenants AS t
        WHERE t.id IN (
                SELECT unnest(p.path)
                FROM tenants AS p
                WHERE p.id = ANY(\(ids)::uuid[])
            )
            AND \(sql: TenantQueries.isVisible(to: visibility))
        ORDER BY cardinality(t.path), t.id
        LIMIT \(rowsMax)
        """
    }

    /// The live tenants of some subtrees, shallow ones first, so that a limit cuts leaves.
    static func choices(in roots: Caller.Visibility, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: TenantQueries.columns)
        FROM tenants AS t
        WHERE \(sql: TenantQueries.isVisible(to: roots)) AND t.archived_at IS NULL
        ORDER BY cardinality(t.path), t.id
        LIMIT \(rowsMax)
        """
    }
}
