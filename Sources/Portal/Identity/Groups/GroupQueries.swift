import FoundationEssentials
import Postgres

/// The SQL of groups and their members.
enum GroupQueries {
    /// What `Group(row:)` reads, from `groups AS g` and `tenants AS t`.
    private static let columns: SQL = """
        g.id AS group_id, g.tenant_id AS group_tenant_id, t.path AS group_tenant_path, g.name AS group_name,
        g.description AS group_description, g.external_id, g.provider AS group_provider, g.version AS group_version,
        g.created_at AS group_created_at, g.updated_at AS group_updated_at
        """

    /// One group; who may see it is decided on the path of its tenant.
    static func byID(_ id: GroupID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM groups AS g
        JOIN tenants AS t ON t.id = g.tenant_id
        WHERE g.id = \(id)
        """
    }

    /// One group, locked against every other change of it, of its members and of its roles.
    static func byIDForUpdate(_ id: GroupID) -> SQL {
        byID(id) + " FOR UPDATE OF g"
    }

    /// A page of the groups that were made in some subtrees or at one of some tenants above them, by time of creation.
    static func page(
        visibleTo visibility: Caller.Visibility,
        above ancestors: [TenantID],
        search: String?,
        after id: GroupID?,
        rowsMax: Int
    ) -> SQL {
        let pattern = search.map { "%\($0.escapedForLike)%" }
        return """
            SELECT \(sql: columns)
            FROM groups AS g
            JOIN tenants AS t ON t.id = g.tenant_id
            WHERE (g.tenant_id = ANY(\(ancestors)::uuid[]) OR \(sql: TenantQueries.isVisible(to: visibility)))
                AND (\(pattern)::text IS NULL OR g.name ILIKE \(pattern))
                AND (\(id)::uuid IS NULL OR g.id > \(id))
            ORDER BY g.id
            LIMIT \(rowsMax)
            """
    }

    /// How many groups were made at a tenant; index `groups_name_is_unique_in_tenant`.
    static func count(at tenantID: TenantID) -> SQL {
        """
        SELECT count(*) AS groups
        FROM groups
        WHERE tenant_id = \(tenantID)
        """
    }

    /// Adds a group; violates `groups_name_is_unique_in_tenant` or `groups_external_id_is_unique`.
    static func insert(_ group: NewGroup, id: GroupID, tenantID: TenantID, createdBy: UserID?, at time: Date) -> SQL {
        """
        INSERT INTO groups (id, tenant_id, name, description, external_id, provider, created_by, created_at, updated_at)
        VALUES (\(id), \(tenantID), \(group.name), \(group.description), \(group.externalID), \(group.provider),
            \(createdBy), \(time), \(time))
        """
    }

    /// Writes a group; violates `groups_name_is_unique_in_tenant` or `groups_external_id_is_unique`.
    static func update(_ id: GroupID, to group: NewGroup, at time: Date) -> SQL {
        """
        UPDATE groups
        SET name = \(group.name), description = \(group.description), external_id = \(group.externalID),
            provider = \(group.provider), version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Removes a group with its members and roles.
    static func delete(_ id: GroupID) -> SQL {
        """
        DELETE FROM groups
        WHERE id = \(id)
        """
    }

    /// The roles that a group holds; index `role_bindings_by_group`.
    static func bindings(of id: GroupID, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: CallerQueries.bindingColumns)
        FROM role_bindings AS b
        \(sql: CallerQueries.bindingJoins)
        WHERE b.group_id = \(id)
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(rowsMax)
        """
    }

    /// The roles that a group holds with the names of their tenants, shallow ones first; index `role_bindings_by_group`.
    ///
    /// The name of the group is NULL: it is the one asked about.
    static func memberships(of id: GroupID, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: CallerQueries.bindingColumns), t.name AS tenant_name, NULL::text AS group_name
        FROM role_bindings AS b
        \(sql: CallerQueries.bindingJoins)
        WHERE b.group_id = \(id) AND t.id IS NOT NULL
        ORDER BY cardinality(t.path), t.name, t.id, b.role, b.role_id
        LIMIT \(rowsMax)
        """
    }

    /// A page of those who are in a group, by e-mail; primary key.
    static func members(of id: GroupID, after email: String?, rowsMax: Int) -> SQL {
        """
        SELECT m.user_id, u.email, u.name AS user_name, m.source, m.created_at AS member_since
        FROM group_members AS m
        JOIN users AS u ON u.id = m.user_id
        WHERE m.group_id = \(id) AND u.email > \(email ?? "")
        ORDER BY u.email
        LIMIT \(rowsMax)
        """
    }

    /// How many users are in a group; primary key.
    static func countMembers(of id: GroupID) -> SQL {
        """
        SELECT count(*) AS members
        FROM group_members
        WHERE group_id = \(id)
        """
    }

    /// Puts a user into a group by hand, for good: what the provider says no longer matters.
    ///
    /// Changes nothing when the user is in it so already.
    static func addMember(_ userID: UserID, to id: GroupID, createdBy: UserID?, at time: Date) -> SQL {
        """
        INSERT INTO group_members AS m (group_id, user_id, source, created_by, created_at)
        VALUES (\(id), \(userID), 'manual', \(createdBy), \(time))
        ON CONFLICT (group_id, user_id) DO UPDATE
        SET source = 'manual', provider = NULL, created_by = \(createdBy)
        WHERE m.source <> 'manual'
        """
    }

    /// Takes a user out of a group.
    static func removeMember(_ userID: UserID, from id: GroupID) -> SQL {
        """
        DELETE FROM group_members
        WHERE group_id = \(id) AND user_id = \(userID)
        """
    }

    /// Which groups the claim of a provider would put a user into and take them out of, as `group_id` and `enters`, with
    /// how many `roles` each group holds; none when nothing changes, which is what nearly every sign-in finds.
    ///
    /// Who was put in before providers were told apart is taken out by any of them. Those to leave come first. Indexes
    /// `groups_external_id_is_unique` and `group_members_by_user`.
    static func providerChanges(
        of userID: UserID,
        provider: String,
        externalIDs: [String],
        rowsMax: Int
    ) -> SQL {
        """
        SELECT g.id AS group_id, g.name AS group_name, t.path AS group_tenant_path, true AS enters,
            (SELECT count(*) FROM role_bindings AS b WHERE b.group_id = g.id) AS roles
        FROM groups AS g
        JOIN tenants AS t ON t.id = g.tenant_id
        WHERE g.provider = \(provider) AND g.external_id = ANY(\(externalIDs)::text[])
            AND NOT EXISTS (SELECT FROM group_members AS m WHERE m.group_id = g.id AND m.user_id = \(userID))
        UNION ALL
        SELECT g.id, g.name, t.path, false, (SELECT count(*) FROM role_bindings AS b WHERE b.group_id = g.id)
        FROM group_members AS m
        JOIN groups AS g ON g.id = m.group_id
        JOIN tenants AS t ON t.id = g.tenant_id
        WHERE m.user_id = \(userID) AND m.source = 'provider' AND coalesce(m.provider, \(provider)) = \(provider)
            AND (g.provider = \(provider) AND g.external_id = ANY(\(externalIDs)::text[])) IS NOT TRUE
        ORDER BY enters, group_id
        LIMIT \(rowsMax)
        """
    }

    /// Puts a user into a group because the provider says so; changes nothing when the user is in it already.
    static func enter(_ userID: UserID, _ id: GroupID, provider: String, at time: Date) -> SQL {
        """
        INSERT INTO group_members (group_id, user_id, source, provider, created_at)
        VALUES (\(id), \(userID), 'provider', \(provider), \(time))
        ON CONFLICT (group_id, user_id) DO NOTHING
        """
    }

    /// Takes a user out of a group that the provider put them into.
    static func leave(_ userID: UserID, _ id: GroupID) -> SQL {
        """
        DELETE FROM group_members
        WHERE group_id = \(id) AND user_id = \(userID) AND source = 'provider'
        """
    }
}
