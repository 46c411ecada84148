/// Decides whether and when a failed call is sent again.
///
/// Reads are repeated after any transient failure. Writes are repeated only when the server said that it did
/// not take the request (429, or 503 with `Retry-After`): a write that timed out may have happened, and whether
/// to send it again is for the caller, who knows if it is idempotent.
struct RetryPolicy: Sendable {
    private let limits: KubernetesLimits
    /// Retries that may still be spent, in tenths.
    private var budgetTenths: Int

    /// Starts with a full budget.
    init(limits: KubernetesLimits) {
        self.limits = limits
        budgetTenths = limits.retryBudgetMax * 10
    }

    /// A call succeeded: ten of them pay for one retry.
    mutating func recordSuccess() {
        budgetTenths = min(budgetTenths + 1, limits.retryBudgetMax * 10)
    }

    /// Decides about the next attempt and takes it from the budget.
    ///
    /// - Parameters:
    ///   - error: Why the last attempt failed.
    ///   - attempt: Number of the last attempt, from 1.
    ///   - isRead: True when the request changes nothing.
    ///   - jitter: A random number from 0 to 1.
    /// - Returns: The wait before the next attempt; nil when there is none.
    mutating func delay(after error: KubernetesError, attempt: Int, isRead: Bool, jitter: Double) -> Duration? {
        guard attempt < limits.attemptsMax, budgetTenths >= 10, isRetried(error, isRead: isRead) else { return nil }
        let delay: Duration
        if let retryAfter = error.retryAfter {
            guard retryAfter <= limits.retryAfterMax else { return nil }
            // Never before the time that the server named; the jitter spreads those who were told the same.
            delay = retryAfter + limits.retryDelayMin * jitter
        } else {
            let doubled = limits.retryDelayMin * (1 << min(attempt - 1, 20))
            delay = min(doubled, limits.retryDelayMax) * (0.5 + jitter / 2)
        }
        budgetTenths -= 10
        return delay
    }

    private func isRetried(_ error: KubernetesError, isRead: Bool) -> Bool {
        switch error.kind {
        case .tooManyRequests: true
        case .unavailable: isRead || (error.status?.code == 503 && error.retryAfter != nil)
        case .unreachable: isRead
        default: false
        }
    }
}
