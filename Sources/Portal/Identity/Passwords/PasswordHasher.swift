import Dispatch
import Synchronization

/// Computes password hashes away from the event loops and the cooperative threads, a bounded number at a time.
///
/// One hash takes a core for some 100 ms and 32 MiB; without a bound a burst of sign-ins would take all of both.
final class PasswordHasher: Sendable {
    private let cost: ScryptCost
    private let runningMax: Int
    private let waitingMax: Int
    private let state = Mutex(State())
    /// Threads of Dispatch, because a blocked cooperative thread would stop everything else.
    private let queue = DispatchQueue(label: "portal.passwords", attributes: .concurrent)

    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    init(limits: PortalLimits.Identity) {
        cost = limits.passwordCost
        runningMax = limits.passwordHashesAtOnceMax
        waitingMax = limits.passwordHashQueueMax
    }

    /// The text to store for a new password.
    ///
    /// - Throws: `PortalError` `.unavailable` when too many wait already.
    func hash(_ password: String) async throws -> String {
        let password = PasswordText.normalized(password)
        return try await run { [cost] in try PasswordHash(password: password, cost: cost).text }
    }

    /// Checks a new password where it may block: the list of leaked ones is a file.
    ///
    /// - Returns: What is wrong with it; empty when it is accepted.
    /// - Throws: `PortalError` `.unavailable` when too many wait already, `.internal` when the file cannot be read.
    func check(
        _ password: String,
        policy: PasswordPolicy,
        context: [String],
        field: String
    ) async throws -> [FieldError] {
        do {
            return try await run {
                var errors = FieldErrors()
                try policy.check(password, context: context, field: field, errors: &errors)
                return errors.all
            }
        } catch let error as BreachedPasswordsError {
            throw PortalError(
                .internal,
                "The password could not be checked. Tell an administrator.",
                underlying: error
            )
        }
    }

    /// Compares a password with a stored text; without one it takes the same time and fails.
    ///
    /// Returns the text to store from now on when the stored one is cheaper than new ones.
    ///
    /// - Throws: `PortalError` `.unavailable` when too many wait already.
    func verify(_ password: String, against stored: String?) async throws -> (isRight: Bool, upgrade: String?) {
        let password = PasswordText.normalized(password)
        return try await run { [cost] in
            guard let stored, let hash = PasswordHash(text: stored) else {
                _ = try PasswordHash(password: password, cost: cost)
                return (false, nil)
            }
            guard try hash.matches(password) else { return (false, nil) }
            return (true, hash.cost == cost ? nil : try PasswordHash(password: password, cost: cost).text)
        }
    }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await acquire()
        defer { release() }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }

    private func acquire() async throws {
        let isFull = state.withLock { $0.running >= runningMax && $0.waiting.count >= waitingMax }
        guard !isFull else {
            throw PortalError(
                .unavailable,
                "Too many people sign in at this moment. Try again in a few seconds.",
                retryAfter: .seconds(3)
            )
        }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.running >= runningMax else {
                    state.running += 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the place to the one who waited longest, or gives it back.
    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
