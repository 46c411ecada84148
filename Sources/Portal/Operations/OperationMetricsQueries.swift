import Postgres

/// The statements behind the metrics of operations.
enum OperationMetricsQueries {
    /// One row a state of the operations that are not over: `state`, `operations`.
    ///
    /// Reads the partial indexes of the queues, so it costs what is open and not what ever was.
    static func countsOfOpen() -> SQL {
        """
        SELECT state, count(*) AS operations FROM operations
        WHERE state IN ('pending', 'running', 'waiting')
        GROUP BY state ORDER BY state LIMIT 3
        """
    }
}
