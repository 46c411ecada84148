import EventLoop
import HTTPCore

/// Parking: an idle connection gives its task and its buffers back.
///
/// A task that waits keeps the stack of the deepest request it has served, some five kilobytes. With few connections
/// that is nothing, and a task that is there already answers sooner; among thousands of idle ones it is most of the
/// server's memory. So a connection waits without a task when its loop has many.
extension HTTPConnection {
    /// Prepares the wait for the next request if nothing of it has arrived and nothing else is to be done.
    ///
    /// - Returns: Whether the connection is idle.
    func beginIdling() -> Bool {
        guard exchange != nil, input.isEmpty, !decoder.isInsideRequest, output.isEmpty, !isFlushQueued,
            !registry.isClosingIdle, !transport.isClosed
        else { return false }
        if idleDeadline == nil {
            // Kept over wake-ups without a request, so that those do not prolong the wait.
            idleDeadline = loop.now() + context.idlePatience
            transport.watcher.patience = idleDeadline
        }
        turn = ConnectionTurn()
        isIdle = true
        return true
    }

    /// Parks the connection, which is idle, if its loop is crowded.
    ///
    /// - Returns: Whether it is parked; the task has to end then.
    func park() -> Bool {
        guard registry.isCrowded else { return false }
        input = InputBuffer()
        output = OutputBuffer()
        parkedUntil = idleDeadline
        return true
    }

    /// Ends the parking.
    ///
    /// - Returns: Whether the time for the next request is over.
    func unpark() -> Bool {
        guard let deadline = parkedUntil else { return false }
        parkedUntil = nil
        isIdle = false
        return loop.now() >= deadline
    }

    /// Looks, without a task, at what has woken a parked connection, and closes it when its client has left.
    ///
    /// - Returns: Whether it is closed; else it has to be served, and what was received is in `input`.
    func hasEndedWhileParked() -> Bool {
        guard transport.watcher.isReadable, !transport.isClosed else { return false }
        do throws(SocketError) {
            switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
            case .bytes:
                noteInput()
                return false
            case .nothingYet: return false
            case .end: break
            }
        } catch {
            // A reset: there is nobody to answer either.
        }
        transport.close()
        releaseBuffers()
        return true
    }
}
