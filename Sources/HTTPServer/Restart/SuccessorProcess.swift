import EventLoop
import Glibc

/// A new process of the same program that gets the listening sockets of this one.
final class SuccessorProcess: Sendable {
    /// Its process id.
    let processID: pid_t
    private let readiness: Descriptor

    /// Why a successor did not take over.
    enum Failure: Error, Sendable, CustomStringConvertible {
        /// It ended before it was ready; its status is that of waitpid(2).
        case ended(status: Int32)
        /// It was not ready in time, and was killed.
        case tooSlow

        /// For the log.
        var description: String {
            switch self {
            case .ended(let status): "the successor ended before it was ready (wait status \(status))"
            case .tooSlow: "the successor was not ready in time"
            }
        }
    }

    /// Starts the program with the arguments of this process (posix_spawn(3)).
    ///
    /// The program is looked up again by the name that this process was started by, so that a new file at its place is
    /// what runs.
    ///
    /// - Parameters:
    ///   - arguments: Program and arguments.
    ///   - sockets: Descriptors and their names; duplicated for the new process.
    /// - Throws: ``SocketError/failed(call:code:)`` of `pipe2`, `fcntl` or `posix_spawnp`.
    init(arguments: [String], sockets: [InheritedSockets.Socket]) throws(SocketError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .last("pipe") }
        let reading = Descriptor(adopting: ends[0])
        let writing = Descriptor(adopting: ends[1])
        guard fcntl(reading.number, F_SETFD, FD_CLOEXEC) == 0, fcntl(writing.number, F_SETFD, FD_CLOEXEC) == 0,
            fcntl(reading.number, F_SETFL, O_NONBLOCK) == 0
        else { throw .last("fcntl") }
        let ready = InheritedSockets.Socket(name: InheritedSockets.readinessName, descriptor: writing.number)
        processID = try Self.spawn(arguments, sockets + [ready])
        readiness = reading
        // Now only the successor has the writing end: its end is seen here.
        _ = consume writing
    }

    /// Waits until the successor says that it serves.
    ///
    /// - Parameters:
    ///   - loop: The loop that the calling task runs on.
    ///   - patience: How long; then it is killed.
    /// - Throws: ``Failure``; ``SocketError`` of waiting. The process is gone then.
    func waitUntilReady(on loop: EventLoop, patience: Duration) async throws {
        let deadline = LoopInstant.now + patience
        do {
            let watcher = try DescriptorWatcher(descriptor: readiness.number, loop: loop)
            defer { watcher.close() }
            while true {
                var byte: UInt8 = 0
                let count = read(readiness.number, &byte, 1)
                if count == 1 { return }
                guard count < 0, errno == EAGAIN || errno == EINTR else { break }
                watcher.clearReadable()
                try await watcher.waitReadable(deadline: deadline)
            }
        } catch SocketError.timedOut {
            _ = end()
            throw Failure.tooSlow
        } catch {
            _ = end()
            throw error
        }
        throw Failure.ended(status: end())
    }

    /// Kills the process and takes its status.
    private func end() -> Int32 {
        kill(processID, SIGKILL)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
