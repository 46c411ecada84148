import FoundationEssentials
import Postgres

/// The SQL of role bindings.
enum MemberQueries {
    /// A page of the roles that are held at a tenant or at one of its ancestors, by e-mail of users and name of others.
    ///
    /// Index `role_bindings_are_unique` by the ids of the path, of which there are at most eight.
    static func page(onPath path: [TenantID], after cursor: MemberCursor?, rowsMax: Int) -> SQL {
        var condition: SQL = "b.tenant_id = ANY(\(path)::uuid[])"
        if let cursor {
            condition += " AND (coalesce(u.email, g.name, k.name), b.id) > (\(cursor.name), \(cursor.id))"
        }
        return """
            SELECT b.id AS binding_id, b.user_id, \(sql: CallerQueries.bindingColumns), b.created_at AS bound_at,
                coalesce(u.email, owner.email) AS subject_email, coalesce(u.name, g.name, k.name) AS subject_name,
                t.name AS tenant_name
            FROM role_bindings AS b
            \(sql: CallerQueries.bindingJoins)
            LEFT JOIN users AS u ON u.id = b.user_id
            LEFT JOIN groups AS g ON g.id = b.group_id
            LEFT JOIN api_tokens AS k ON k.id = b.token_id
            LEFT JOIN users AS owner ON owner.id = k.user_id
            WHERE \(sql: condition)
            ORDER BY coalesce(u.email, g.name, k.name), b.id
            LIMIT \(rowsMax)
            """
    }

    /// Gives a role; changes nothing when the subject has it there already from somebody.
    ///
    /// One that an identity provider gave is given by hand then, so that it stays when the provider drops it.
    static func insert(
        _ subject: RoleSubject,
        role: RoleReference,
        tenantID: TenantID,
        createdBy: UserID?,
        at time: Date
    ) -> SQL {
        """
        INSERT INTO role_bindings AS b (id, tenant_id, user_id, group_id, token_id, role, role_id, created_by, created_at)
        VALUES (\(RoleBindingID()), \(tenantID), \(subject.userID), \(subject.groupID), \(subject.tokenID),
            \(role.builtIn), \(role.customID), \(createdBy), \(time))
        ON CONFLICT ON CONSTRAINT role_bindings_are_unique DO UPDATE
        SET managed_by = NULL, created_by = \(createdBy)
        WHERE b.managed_by IS NOT NULL
        """
    }

    /// Takes a role; index `role_bindings_are_unique`.
    static func delete(_ subject: RoleSubject, role: RoleReference, tenantID: TenantID) -> SQL {
        """
        DELETE FROM role_bindings
        WHERE tenant_id = \(tenantID) AND user_id IS NOT DISTINCT FROM \(subject.userID)::uuid
            AND group_id IS NOT DISTINCT FROM \(subject.groupID)::uuid
            AND token_id IS NOT DISTINCT FROM \(subject.tokenID)::uuid
            AND role IS NOT DISTINCT FROM \(role.builtIn)::text
            AND role_id IS NOT DISTINCT FROM \(role.customID)::uuid
        """
    }

    /// Takes every role of a user at one tenant; index `role_bindings_by_user`.
    static func deleteAll(of userID: UserID, at tenantID: TenantID) -> SQL {
        """
        DELETE FROM role_bindings
        WHERE user_id = \(userID) AND tenant_id = \(tenantID)
        """
    }

    /// One row `roles`: how many roles a holder has; of a user those of groups too, of a group those of the one in it who
    /// has most.
    ///
    /// Indexes `role_bindings_by_user`, `group_members_by_user`, `role_bindings_by_group` and `role_bindings_by_token`.
    static func countRoles(of subject: RoleSubject) -> SQL {
        switch subject {
        case .user(let id): "SELECT \(sql: rolesOfUser("\(id)::uuid")) AS roles"
        case .token(let id):
            """
            SELECT count(*) AS roles
            FROM role_bindings
            WHERE token_id = \(id)
            """
        case .group(let id):
            """
            SELECT greatest(
                (SELECT count(*) FROM role_bindings WHERE group_id = \(id)),
                (SELECT max(\(sql: rolesOfUser("m.user_id"))) FROM group_members AS m WHERE m.group_id = \(id))
            ) AS roles
            """
        }
    }

    private static func rolesOfUser(_ userID: SQL) -> SQL {
        """
        (SELECT count(*) FROM role_bindings AS d WHERE d.user_id = \(sql: userID))
            + (SELECT count(*) FROM group_members AS o JOIN role_bindings AS d ON d.group_id = o.group_id
                WHERE o.user_id = \(sql: userID))
        """
    }

    /// How many active people are admins of the organization, directly or through a group: one row `admins`.
    static func countAdmins() -> SQL {
        """
        SELECT count(DISTINCT u.id) AS admins
        FROM tenants AS t
        JOIN role_bindings AS b ON b.tenant_id = t.id AND b.role = 'admin'
        LEFT JOIN group_members AS m ON m.group_id = b.group_id
        JOIN users AS u ON u.id = coalesce(b.user_id, m.user_id)
        WHERE t.parent_id IS NULL AND u.disabled_at IS NULL AND u.kind = 'person' AND u.invited_at IS NULL
        """
    }
}

/// A place in the list of members.
struct MemberCursor: Sendable {
    var name: String
    var id: RoleBindingID
}
