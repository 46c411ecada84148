import DequeModule
import EventLoop
import HTTPCore

/// Lets the handshakes of one loop go on a few at a time, in order, with the loop's other work in between.
///
/// A step of a handshake costs as much as dozens of requests, and any stranger may ask for it: without turns, a hundred
/// clients that connect at once would make all others wait until the last of them has its keys.
final class TLSHandshakeTurns {
    private let loop: EventLoop
    private var takenInRound = 0
    private var isRoundEnding = false
    private var waiters: Deque<UnsafeContinuation<Void, Never>> = []

    /// Turns on a loop.
    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Returns when the caller may do one step; must be called on the loop.
    func take() async {
        guard takenInRound >= HTTPLimits.tlsHandshakesPerRoundMax else { return begin() }
        await withUnsafeContinuation { waiters.append($0) }
    }

    private func begin() {
        takenInRound += 1
        guard !isRoundEnding else { return }
        isRoundEnding = true
        // Runs in the loop's next round, after it has looked at its descriptors.
        loop.executeSoon { self.endRound() }
    }

    private func endRound() {
        isRoundEnding = false
        takenInRound = 0
        while takenInRound < HTTPLimits.tlsHandshakesPerRoundMax, let waiter = waiters.popFirst() {
            begin()
            waiter.resume()
        }
    }
}
