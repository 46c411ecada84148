extension EventLoop {
    /// Runs a closure on the loop at a time; must be called on the loop.
    ///
    /// - Parameters:
    ///   - deadline: When; a past deadline runs in the next round. Never early.
    ///   - body: Must not block. When the loop stops, pending timers run early and new ones are not taken.
    /// - Returns: A handle for ``cancel(_:)``.
    @discardableResult
    public func schedule(at deadline: LoopInstant, _ body: @escaping () -> Void) -> TimerHandle {
        preconditionOnLoop()
        guard !isStopping else { return .none }
        return timers.add(at: deadline, body)
    }

    /// Cancels a timer; must be called on the loop.
    ///
    /// Does nothing for one that fired or was cancelled.
    public func cancel(_ timer: TimerHandle) {
        preconditionOnLoop()
        timers.cancel(timer)
    }

    /// Suspends the calling task.
    ///
    /// - Parameter duration: At least this long.
    /// - Throws: `CancellationError` when the task is cancelled or the loop stops.
    public func sleep(for duration: Duration) async throws {
        guard isCurrent else {
            return try await withTaskExecutorPreference(self) { try await self.sleepOnLoop(for: duration) }
        }
        try await sleepOnLoop(for: duration)
    }

    private func sleepOnLoop(for duration: Duration) async throws {
        try Task.checkCancellation()
        // Not on the loop although it is preferred: it has ended, and this is the global executor.
        guard isCurrent, !isStopping else { throw CancellationError() }
        let deadline = LoopInstant.now + duration
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                sleeper.continuation = continuation
                sleeper.timer = schedule(at: deadline) { sleeper.wake() }
            }
        } onCancel: {
            // Runs on the loop after the block above, which is part of the job that is running now.
            execute {
                if let timer = sleeper.timer { self.timers.cancel(timer) }
                sleeper.wake()
            }
        }
        if LoopInstant.now < deadline { throw CancellationError() }
    }

    /// The continuation of one sleeping task; touched on the loop only, which is why it may cross threads.
    private final class Sleeper: @unchecked Sendable {
        var continuation: UnsafeContinuation<Void, Never>?
        var timer: TimerHandle?

        func wake() {
            continuation?.resume()
            continuation = nil
        }
    }
}
