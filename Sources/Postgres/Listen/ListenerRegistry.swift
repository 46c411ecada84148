import Synchronization

/// The tasks of a database's listeners, so that `close()` can end them.
final class ListenerRegistry: Sendable {
    private let state = Mutex(State())

    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastTicket = 0
        var isClosed = false
    }

    /// Keeps a task; after `close()` it is cancelled at once.
    ///
    /// - Returns: What to remove it by.
    func add(_ task: Task<Void, Never>) -> Int {
        let (ticket, isClosed) = state.withLock { state in
            state.lastTicket += 1
            if !state.isClosed { state.tasks[state.lastTicket] = task }
            return (state.lastTicket, state.isClosed)
        }
        if isClosed { task.cancel() }
        return ticket
    }

    /// Forgets a task that has ended.
    func remove(_ ticket: Int) {
        state.withLock { $0.tasks[ticket] = nil }
    }

    /// Cancels all tasks, which ends their streams.
    func close() {
        let tasks = state.withLock { state in
            state.isClosed = true
            defer { state.tasks = [:] }
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
