import Postgres

/// The SQL about row-level security itself.
enum RowSecurityQueries {
    /// One row: the current role, and whether policies do not bind it.
    static let role: SQL = """
        SELECT rolname::text AS name, rolsuper OR rolbypassrls AS is_exempt
        FROM pg_roles
        WHERE rolname = current_user
        """

    /// The tables that belong to tenants and that no forced policy protects, by name.
    ///
    /// A table belongs to tenants when it has a column of theirs, or a foreign key to a table that does; so a new one
    /// cannot be forgotten. Templates and the like belong to the organization: their tables refer to users at most.
    static let unprotectedTables: SQL = """
        WITH RECURSIVE owned (id) AS (
            SELECT c.oid
            FROM pg_class AS c
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind IN ('r', 'p')
                AND (
                    c.relname = 'tenants'
                    OR EXISTS (
                        SELECT
                        FROM pg_attribute AS a
                        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                            AND a.attname IN ('tenant_id', 'tenant_path', 'vcluster_id', 'operation_id')
                    )
                )
            UNION
            SELECT k.conrelid
            FROM owned
            JOIN pg_constraint AS k ON k.confrelid = owned.id AND k.contype = 'f'
        )
        SELECT c.relname::text AS name
        FROM owned
        JOIN pg_class AS c ON c.oid = owned.id
        WHERE NOT (
            c.relrowsecurity AND c.relforcerowsecurity
            AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid)
        )
        ORDER BY c.relname
        LIMIT 1000
        """

    /// All tables behind the wall, by name.
    static let protectedTables: SQL = """
        SELECT c.relname::text AS name
        FROM pg_class AS c
        WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind IN ('r', 'p') AND c.relforcerowsecurity
        ORDER BY c.relname
        LIMIT 1000
        """
}
