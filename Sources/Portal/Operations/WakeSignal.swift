import Synchronization

/// Wakes one waiting task; wake-ups that nobody waits for merge into one.
struct WakeSignal: Sendable {
    /// The wake-ups, for one reader.
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Wakes the reader, now or when it waits next.
    func wake() {
        continuation.yield()
    }

    /// Ends the stream: the reader is woken for the last time.
    func finish() {
        continuation.finish()
    }
}

/// Waits for a wake-up or for a time, whichever comes first; for one waiting task.
///
/// Not a stream: cancelling one wait on an `AsyncStream` ends the stream for all later ones.
final class Nudge: Sendable {
    private struct State {
        var isPending = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the waiting task, now or when it waits next.
    func wake() {
        let waiter = state.withLock { state in
            state.isPending = state.waiter == nil
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Returns after a wake-up, after the time, or when the task is cancelled.
    func wait(upTo limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isPending || Task.isCancelled {
                        state.isPending = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}

extension Duration {
    /// The duration ± 25 %, so that several servers do not look at the same moment.
    var jittered: Duration { self * Double.random(in: 0.75...1.25) }
}
