import Foundation
import Synchronization

/// A program that a test starts and surely ends: the output is read line by line, the process is killed with its owner.
final class ChildProcess: Sendable {
    let processIdentifier: Int32
    private let lines: LineBuffer

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
        let lines = LineBuffer()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                lines.finish()
            } else {
                lines.append(data)
            }
        }
        try process.run()
        self.processIdentifier = process.processIdentifier
        self.lines = lines
    }

    /// The text after `prefix` in the first line that contains it.
    ///
    /// - Throws: ``Failure`` with the output so far when the program ends or `timeout` passes first.
    func line(containing prefix: String, within timeout: Duration) async throws -> String {
        let waited = await withTaskGroup(of: String?.self) { group in
            group.addTask { await self.lines.first(containing: prefix) }
            group.addTask {
                try? await Task.sleep(for: timeout)  // polls nothing: this is the deadline itself
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let line = waited, let range = line.range(of: prefix) else {
            throw Failure(description: "no line with '\(prefix)' within \(timeout); output:\n\(output)")
        }
        return String(line[range.upperBound...])
    }

    var output: String { lines.text }

    /// Ends the process at once, as a power failure would.
    func kill() { _ = Foundation.kill(processIdentifier, SIGKILL) }

    /// Asks the process to stop gracefully.
    func terminate() { _ = Foundation.kill(processIdentifier, SIGTERM) }

    /// Waits until the output is closed, which is when the process has ended.
    func waitUntilEnd() async { _ = await lines.first(containing: nil) }
}

/// Lines that arrive from a pipe, and those who wait for one of them.
private final class LineBuffer: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var complete: [String] = []
        var isFinished = false
        var waiters: [(id: Int, needle: String?, continuation: CheckedContinuation<String?, Never>)] = []
        var nextID = 0
    }

    private let state = Mutex(State())

    var text: String { state.withLock { $0.complete.joined(separator: "\n") } }

    func append(_ data: Data) {
        let ready = state.withLock { state in
            state.bytes += data
            while let end = state.bytes.firstIndex(of: UInt8(ascii: "\n")) {
                state.complete.append(String(decoding: state.bytes[..<end], as: UTF8.self))
                state.bytes.removeSubrange(...end)
            }
            return Self.takeReady(&state)
        }
        for (waiter, line) in ready { waiter.resume(returning: line) }
    }

    func finish() {
        let ready = state.withLock { state in
            if !state.bytes.isEmpty { state.complete.append(String(decoding: state.bytes, as: UTF8.self)) }
            state.bytes = []
            state.isFinished = true
            return Self.takeReady(&state)
        }
        for (waiter, line) in ready { waiter.resume(returning: line) }
    }

    /// The first line with `needle`, or nil when the output ends without one; nil as needle waits for the end.
    func first(containing needle: String?) async -> String? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    state.waiters.append((id, needle, continuation))
                    return Self.takeReady(&state)
                }
                for (waiter, line) in ready { waiter.resume(returning: line) }
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                let found = state.waiters.filter { $0.id == id }.map(\.continuation)
                state.waiters.removeAll { $0.id == id }
                return found
            }
            for waiter in cancelled { waiter.resume(returning: nil) }
        }
    }

    private static func takeReady(_ state: inout State) -> [(CheckedContinuation<String?, Never>, String?)] {
        var ready: [(CheckedContinuation<String?, Never>, String?)] = []
        state.waiters.removeAll { waiter in
            let line = waiter.needle.flatMap { needle in state.complete.first { $0.contains(needle) } }
            guard line != nil || state.isFinished else { return false }
            ready.append((waiter.continuation, line))
            return true
        }
        return ready
    }
}
