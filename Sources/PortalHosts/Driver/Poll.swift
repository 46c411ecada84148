/// Waiting for something on a host by looking again and again.
struct Poll: Sendable {
    let timeout: Duration
    let interval: Duration

    /// Looks until the answer is not nil.
    ///
    /// - Returns: The answer; nil when the time is over. The last look is always after the time is over, so that a
    ///   slow answer in between does not count as none.
    /// - Throws: What the look throws, and `CancellationError`.
    func first<Answer>(_ look: () async throws -> Answer?) async throws -> Answer? {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: timeout)
        while true {
            let isLast = clock.now >= end
            if let answer = try await look() { return answer }
            if isLast { return nil }
            try await clock.sleep(for: min(interval, max(.zero, clock.now.duration(to: end))))
        }
    }
}
