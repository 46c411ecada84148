/// Thrown by `withDeadline` when the time was up first.
struct DeadlineExceeded: Error {}

/// Runs an operation and cancels it when it takes too long.
///
/// The HTTP client's own deadline ends with the response head, so bodies need this.
///
/// - Parameters:
///   - duration: Longest run.
///   - operation: Has to end soon after its task is cancelled.
/// - Returns: What the operation returns.
/// - Throws: `DeadlineExceeded`, or what the operation throws.
func withDeadline<Result: Sendable>(
    _ duration: Duration,
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: duration)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw DeadlineExceeded() }
        return result
    }
}
