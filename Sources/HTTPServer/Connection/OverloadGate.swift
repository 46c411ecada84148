import EventLoop
import HTTPCore
import Logging
import Synchronization

/// Decides, for one loop, whether a request is served or told to come back later.
///
/// Three things close the gate: as many handlers run as may; the buffers of all connections take more than their
/// budget; the loop has been late for a while, which means that it gets more work than it can do. Lateness and memory
/// are looked at by a timer that runs only while there are requests, so that a request that is let in costs two
/// comparisons. Confined to its loop.
final class OverloadGate {
    /// Handlers that are running on this loop.
    private(set) var running = 0

    private let loop: EventLoop
    private let context: ConnectionContext
    private let runningMax: Int
    /// Cuts off connections until about this many bytes are free.
    private let relieve: (Int) -> Void
    /// Whether nothing but ``running`` has to be looked at.
    private var isCalm = false
    private var isProbing = false
    private var wasUsed = false
    private var isFull = false
    private var isRelieving = false
    private var lateSince: LoopInstant?
    private var isLate = false

    /// The gate of a loop.
    ///
    /// - Parameters:
    ///   - loop: The loop.
    ///   - context: For limits and the memory of the buffers.
    ///   - relieve: Cuts off connections of this loop until about so many bytes are given back.
    init(loop: EventLoop, context: ConnectionContext, relieve: @escaping (Int) -> Void) {
        self.loop = loop
        self.context = context
        self.relieve = relieve
        let loops = max(1, context.loopCount)
        // Rounded up, so that no loop is without a place.
        runningMax = max(
            1,
            context.limits.requestsInFlightMax / loops + (context.limits.requestsInFlightMax % loops).signum()
        )
    }

    /// Lets a request in, or not.
    ///
    /// - Returns: Whether its handler may run; then ``leave()`` has to follow.
    func enter(_ head: HTTPRequestHead) -> Bool {
        wasUsed = true
        if !isCalm || running >= runningMax, !admits(head) { return false }
        running += 1
        return true
    }

    /// A handler that was let in has ended.
    func leave() {
        running -= 1
    }

    /// A connection has taken more memory: looks whether others have to give some back.
    func noteMemory() {
        guard context.buffers.excess > 0 else { return }
        probe()
        guard !isRelieving else { return }
        isRelieving = true
        // After the job that is running: it may hold the connection that is to be cut off.
        loop.executeSoon { [self] in
            isRelieving = false
            giveWay()
        }
    }

    private func giveWay() {
        let excess = context.buffers.excess
        if excess > 0 { relieve(excess / max(1, context.loopCount) + 1) }
        isFull = context.buffers.isExceeded
        isCalm = !isFull && !isLate
    }

    /// The answer to a request that was not let in.
    func refusal() -> HTTPResponse {
        context.refusedRequests.wrappingAdd(1, ordering: .relaxed)
        context.statistics.refuse(.overload)
        var response = ConnectionContext.plain(.serviceUnavailable, "The server has too much to do. Try again soon.")
        response.headers.set("Retry-After", String(context.limits.retryAfterSeconds))
        // Gives the buffers of the connection back.
        if isFull { response.headers.set("Connection", "close") }
        return response
    }

    private func admits(_ head: HTTPRequestHead) -> Bool {
        probe()
        return isCalm && running < runningMax || context.servesUnderOverload(head)
    }

    private func probe() {
        guard !isProbing else { return }
        isProbing = true
        look(lag: .zero)
        schedule()
    }

    private func schedule() {
        let due = loop.now() + HTTPTimeouts.probe
        // Not weak: a weak reference puts the count of an object beside it for good, and each request counts this one.
        loop.schedule(at: due) { self.tick(due) }
    }

    private func tick(_ due: LoopInstant) {
        giveWay()
        look(lag: due.duration(to: loop.now()))
        guard wasUsed || isFull || isLate else {
            // The next request begins anew.
            (isProbing, isCalm, lateSince) = (false, false, nil)
            return
        }
        wasUsed = false
        schedule()
    }

    private func look(lag: Duration) {
        let (wasFull, wasLate) = (isFull, isLate)
        isFull = context.buffers.isExceeded
        lateSince = lag > context.timeouts.loopLag ? lateSince ?? loop.now() : nil
        isLate = lateSince.map { $0.duration(to: loop.now()) >= context.timeouts.loopLatePatience } ?? false
        isCalm = !isFull && !isLate
        if isFull != wasFull || isLate != wasLate { log(lag) }
    }

    private func log(_ lag: Duration) {
        let metadata: Logger.Metadata = [
            "loop": "\(loop.index)", "lag": "\(lag)", "bufferBytes": "\(context.buffers.bytes)",
        ]
        context.logger.notice(isCalm ? "overload is over" : "overload: new requests are refused", metadata: metadata)
    }
}
