import Foundation
import Synchronization

/// A program that a test starts: its output is read line by line, and its end can be waited for.
final class ChildProcess: Sendable {
    let processIdentifier: Int32
    private let record: OutputRecord
    private let reader: OutputReader

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts `executable` with its own environment; standard output and error are read together.
    init(executable: String, arguments: [String], environment: [String: String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        let record = OutputRecord()
        process.terminationHandler = { record.end(status: $0.terminationStatus) }
        try process.run()
        self.processIdentifier = process.processIdentifier
        self.record = record
        reader = OutputReader(handle: pipe.fileHandleForReading, record: record)
        reader.start()
    }

    /// Leaves the output in its pipe from now on, as a reader does that hangs.
    func stopReading() { reader.stop() }

    /// All complete lines so far.
    var output: String { record.text }

    /// The text after `prefix` in the first line that contains it.
    ///
    /// - Throws: ``Failure`` with the output so far when the program ends or `timeout` passes first.
    func line(containing prefix: String, within timeout: Duration) async throws -> String {
        let line = await withDeadline(timeout) { await self.record.line(containing: prefix) }
        guard let line = line ?? nil, let range = line.range(of: prefix) else {
            throw Failure(description: "no line with '\(prefix)' within \(timeout); output:\n\(output)")
        }
        return String(line[range.upperBound...])
    }

    /// Waits until the process has ended.
    ///
    /// - Returns: Its exit code, or the signal that ended it.
    /// - Throws: ``Failure`` with the output so far when `timeout` passes first.
    @discardableResult
    func waitUntilEnd(within timeout: Duration = .seconds(30)) async throws -> Int32 {
        guard let status = await withDeadline(timeout, { await self.record.status() }) else {
            throw Failure(description: "the process still runs after \(timeout); output:\n\(output)")
        }
        return status
    }

    /// Ends the process at once, as a power failure would.
    func kill() { send(SIGKILL) }

    /// Asks the process to stop gracefully.
    func terminate() { send(SIGTERM) }

    private func send(_ signal: Int32) {
        // An id that was given back may belong to somebody else by now.
        guard !record.hasEnded else { return }
        _ = Foundation.kill(processIdentifier, signal)
    }
}

/// What `body` returns, or nil when the time is over first.
private func withDeadline<R: Sendable>(
    _ timeout: Duration,
    _ body: @escaping @Sendable () async -> R
) async -> R? {
    await withTaskGroup(of: R?.self) { group in
        group.addTask { await body() }
        group.addTask {
            try? await Task.sleep(for: timeout)  // polls nothing: this is the deadline itself
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}

/// Reads the output of a process on a thread of its own.
///
/// Not with a `readabilityHandler`: closing a descriptor that libdispatch watches, while a process that was started in
/// between still has a copy of it, leaves a dead entry in libdispatch's epoll set, and the next event of it crashes.
private final class OutputReader: Sendable {
    private let handle: FileHandle
    private let record: OutputRecord
    private let isStopped = Atomic(false)

    init(handle: FileHandle, record: OutputRecord) {
        self.handle = handle
        self.record = record
    }

    func start() {
        Thread { self.readToEnd() }.start()
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func readToEnd() {
        while !isStopped.load(ordering: .relaxed) {
            let data = handle.availableData
            // What was read before the stop is noticed still counts; all later output stays in the pipe.
            guard !data.isEmpty else { return record.close() }
            record.append(data)
        }
    }
}

/// Lines and end of a process, and those who wait for them.
private final class OutputRecord: Sendable {
    private enum Waiter {
        case line(needle: String, CheckedContinuation<String?, Never>)
        case end(CheckedContinuation<Int32, Never>)

        func giveUp() {
            switch self {
            case .line(_, let continuation): continuation.resume(returning: nil)
            case .end(let continuation): continuation.resume(returning: -1)
            }
        }
    }

    private struct State {
        var bytes: [UInt8] = []
        var lines: [String] = []
        var isClosed = false
        var status: Int32?
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    var text: String { state.withLock { $0.lines.joined(separator: "\n") } }

    var hasEnded: Bool { state.withLock { $0.status != nil } }

    func append(_ data: Data) {
        update { state in
            state.bytes += data
            while let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) {
                state.lines.append(String(decoding: state.bytes[..<end], as: UTF8.self))
                state.bytes.removeSubrange(...end)
            }
        }
    }

    /// The output is complete.
    func close() {
        update { state in
            if !state.bytes.isEmpty { state.lines.append(String(decoding: state.bytes, as: UTF8.self)) }
            state.bytes = []
            state.isClosed = true
        }
    }

    /// The process is gone.
    func end(status: Int32) {
        update { $0.status = status }
    }

    /// The first line with `needle`, or nil when the output ends without one or the task is cancelled.
    func line(containing needle: String) async -> String? {
        await wait { .line(needle: needle, $0) }
    }

    /// The exit status; −1 when the task is cancelled.
    func status() async -> Int32 {
        await wait { .end($0) }
    }

    private func wait<R: Sendable>(_ waiter: (CheckedContinuation<R, Never>) -> Waiter) async -> R {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = waiter(continuation)
                // The handler may have run already, when there was nothing yet for it to take away.
                if Task.isCancelled { waiter.giveUp() } else { update { $0.waiters[id] = waiter } }
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: Int) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.giveUp()
    }

    /// Changes the state, and then wakes who has waited for that.
    private func update(_ change: (inout State) -> Void) {
        let ready = state.withLock { state -> [() -> Void] in
            change(&state)
            var ready: [() -> Void] = []
            for (id, waiter) in state.waiters {
                switch waiter {
                case .line(let needle, let continuation):
                    let line = state.lines.first { $0.contains(needle) }
                    guard line != nil || state.isClosed else { continue }
                    ready.append { continuation.resume(returning: line) }
                case .end(let continuation):
                    guard let status = state.status else { continue }
                    ready.append { continuation.resume(returning: status) }
                }
                state.waiters[id] = nil
            }
            return ready
        }
        for resume in ready { resume() }
    }
}
