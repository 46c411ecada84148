import Postgres

/// The predicate of subtrees on paths.
enum SubtreeQueries {
    /// More tenants than these are compared as a list.
    private static let rootsOneByOneMax = 4

    /// Whether a path, such as `t.path`, goes through one of some tenants; none of them is the root of all.
    ///
    /// Equality level by level, each with its index (`…_by_level_2` and so on): behind row-level security the operators on
    /// whole arrays can use none (migration "index tenant levels").
    ///
    /// - Parameters:
    ///   - path: A column with the ids from the root of all to a tenant.
    ///   - roots: The tenants; in no order, an empty list matches nothing.
    /// - Returns: A condition in parentheses.
    static func lies(_ path: SQL, in roots: [TenantID]) -> SQL {
        let levels: [SQL] = [
            "\(sql: path)[2]", "\(sql: path)[3]", "\(sql: path)[4]", "\(sql: path)[5]", "\(sql: path)[6]",
            "\(sql: path)[7]", "\(sql: path)[8]",
        ]
        // Few tenants are by far the most frequent case, and without an array the planner knows how few.
        let conditions: [SQL] =
            roots.count <= rootsOneByOneMax
            ? roots.flatMap { root in levels.map { level in "\(sql: level) = \(root)" } }
            : levels.map { level in "\(sql: level) = ANY (\(roots)::uuid[])" }
        return conditions.isEmpty ? "false" : "(\(sql: conditions.joined(separator: " OR ")))"
    }
}
