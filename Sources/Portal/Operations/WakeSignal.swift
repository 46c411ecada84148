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

/// Waits for a wake-up or for a time, whichever comes first.
struct Nudges {
    let stream: AsyncStream<Void>

    /// Returns after a wake-up, after the time, or when the task is cancelled.
    mutating func wait(upTo limit: Duration) async {
        await withTaskGroup(of: Void.self) { [stream] group in
            group.addTask {
                // A fresh iterator takes the next element: the stream has one reader at a time.
                for await _ in stream { return }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Duration {
    /// The duration ± 25 %, so that several servers do not look at the same moment.
    var jittered: Duration { self * Double.random(in: 0.75...1.25) }
}
