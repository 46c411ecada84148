import Postgres

extension OperationService {
    /// How many operations of all tenants are open, by state; for the metrics of the server, not for users.
    ///
    /// - Returns: The states `pending`, `running` and `waiting`, each with its count, zero too.
    /// - Throws: `PostgresError`.
    public func countsOfOpen() async throws -> [(state: OperationState, count: Int)] {
        var counts: [OperationState: Int] = [:]
        for row in try await database.elevated(for: .metrics).query(
            OperationMetricsQueries.countsOfOpen(),
            idempotent: true
        ) {
            counts[try row.decode("state", as: OperationState.self)] = try row.decode("operations", as: Int.self)
        }
        return [OperationState.pending, .running, .waiting].map { (state: $0, count: counts[$0] ?? 0) }
    }
}
