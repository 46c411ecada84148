/// Runs a body that has to end in time.
///
/// - Parameters:
///   - limit: How long it may take.
///   - body: Cancelled when the time is over; has to return soon after that.
/// - Returns: What the body returns.
/// - Throws: `HostError` `.timeout`, transient, when the time is over; what the body throws otherwise.
func withTimeout<Result: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw HostError(
                .timeout,
                "The host did not do this within \(Int(limit / .seconds(1))) seconds.",
                isTransient: true
            )
        }
        return result
    }
}
