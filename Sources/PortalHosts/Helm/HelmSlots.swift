/// Bounds how many helm processes run at a time; each takes about a hundred megabytes and a core while it renders.
///
/// Callers get their turn in the order in which they came. A cancelled caller leaves the queue.
actor HelmSlots {
    private var free: Int
    private var queue: [Waiter] = []
    private var nextID = 0

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    init(count: Int) {
        free = count
    }

    /// Callers that wait for their turn.
    var waitingCount: Int { queue.count }

    /// Runs a body when it is its turn.
    ///
    /// - Returns: What the body returned.
    /// - Throws: What the body throws; `CancellationError` for a caller that is cancelled while it waits.
    nonisolated func withSlot<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await take()
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await giveBack()
        return try result.get()
    }

    private func take() async throws {
        if free > 0 {
            free -= 1
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // Cancelled before it got into the queue: the handler has run and found nobody.
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                queue.append(Waiter(id: id, continuation: continuation))
            }
        } onCancel: {
            // The handler cannot wait for the actor; the task ends as soon as it has looked through the queue.
            Task { await self.leave(id) }
        }
    }

    private func leave(_ id: Int) {
        guard let index = queue.firstIndex(where: { $0.id == id }) else { return }
        queue.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    private func giveBack() {
        if queue.isEmpty {
            free += 1
        } else {
            queue.removeFirst().continuation.resume()
        }
    }
}
