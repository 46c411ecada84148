import EventLoop
import HTTPCore

/// What a connection has done since the other connections of its loop had their turn.
struct ConnectionTurn {
    /// Requests answered.
    var requests = 0
    /// Bytes received and sent.
    var bytes = 0
}

extension HTTPConnection {
    /// Counts an answered request.
    ///
    /// - Returns: Whether there were so many in a row that it is the other connections' turn; see ``passTurn()``.
    func endsTurnAfterRequest() -> Bool {
        if share.bytes != 0 {
            collectedBytes = 0
            settleBuffers()
        }
        turn.requests += 1
        return turn.requests >= context.limits.pipelinedRequestsMax
    }

    /// Counts bytes received or sent.
    ///
    /// - Returns: Whether there were so many in a row that it is the other connections' turn; see ``passTurn()``.
    func endsTurn(after bytes: Int) -> Bool {
        turn.bytes += bytes
        return turn.bytes >= context.limits.turnBytesMax
    }

    /// Lets the other connections of the loop go first.
    func passTurn() async {
        turn = ConnectionTurn()
        await loop.yield()
    }

    /// Sends the responses that wait, and lets the other connections go first.
    func endTurn() async {
        // A connection that fails here is noticed by its next read.
        if !output.isEmpty { try? await flush() }
        await passTurn()
    }

    /// Counts request content that is kept in memory until the request is answered.
    ///
    /// - Throws: ``HTTPBodyError/overloaded`` when all connections together hold more than they may.
    func keepContent(_ bytes: Int) throws(HTTPBodyError) {
        collectedBytes += bytes
        settleBuffers()
        guard context.buffers.excess > 0 else { return }
        exchange?.brokeContent()
        throw .overloaded
    }

    /// Tells the budget of received bytes, unless the buffer is as small as a connection keeps it.
    func noteInput() {
        if input.bytes.capacity > HTTPLimits.keptCapacityMax || share.bytes != 0 { settleBuffers() }
    }

    /// Tells the budget what the buffers of this connection take now.
    ///
    /// - Parameter pending: Bytes of content that waits to be sent beside them.
    func settleBuffers(pending: Int = 0) {
        let kept = HTTPLimits.keptCapacityMax
        let held = max(0, input.bytes.capacity - kept) + max(0, output.bytes.capacity - kept) + collectedBytes + pending
        if share.settle(at: held, in: context.buffers) { gate.noteMemory() }
    }

    /// Gives everything back at the end of the connection.
    func releaseBuffers() {
        _ = share.settle(at: 0, in: context.buffers)
    }

    /// Waits until the client has taken what the kernel holds for it.
    ///
    /// An end without this would leave the bytes of a client that reads nothing in the kernel for minutes. One that takes
    /// too little for too long is cut off.
    func awaitDelivery() async {
        var budget = TransferBudget(
            capacity: context.timeouts.write,
            bytesPerSecond: context.timeouts.bytesPerSecondMin
        )
        var unsent = transport.unsentBytes
        // First, because a client may wait for the end before it closes.
        if unsent > 0 { transport.finishSending() }
        while unsent > 0, !transport.watcher.isBroken {
            let start = LoopInstant.now
            do throws(SocketError) {
                transport.watcher.clearReadable()
                let wait = min(budget.remaining, context.timeouts.linger)
                try await transport.watcher.waitReadable(deadline: start + wait)
                _ = try transport.discard()
            } catch .timedOut {
                // Looked at below.
            } catch {
                return
            }
            let rest = transport.unsentBytes
            budget.waited(start.duration(to: .now))
            budget.transferred(max(0, unsent - rest))
            guard budget.remaining > .milliseconds(1) else { return transport.abort() }
            unsent = rest
        }
    }
}
