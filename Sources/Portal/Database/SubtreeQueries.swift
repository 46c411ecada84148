import Postgres

/// The predicate of subtrees on paths.
enum SubtreeQueries {
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
        // One tenant is by far the most frequent case, and without an array the planner knows it is one.
        let conditions: [SQL] = levels.map { level in
            roots.count == 1 ? "\(sql: level) = \(roots[0])" : "\(sql: level) = ANY (\(roots)::uuid[])"
        }
        return "(\(sql: conditions.joined(separator: " OR ")))"
    }
}
