import EventLoop
import Testing

@testable import Postgres

struct PoolStateTests {
    private typealias State = PoolState<String, Int>

    private let start = LoopInstant.now

    private func state(openMax: Int = 2, waitersMax: Int = 8, loops: Int = 2) -> State {
        State(openMax: openMax, waitersMax: waitersMax, loopCount: loops)
    }

    /// In words, because the answers hold no `Equatable` values.
    private func words(_ answer: State.Answer) -> String {
        switch answer {
        case .granted(.connection(let connection)): connection
        case .granted(.room): "room"
        case .wait(let ticket): "wait \(ticket)"
        case .full: "full"
        case .closed: "closed"
        }
    }

    private func words(_ answer: State.Return) -> String {
        switch answer {
        case .kept: "kept"
        case .handOver(let waiter): "to \(waiter)"
        case .close: "close"
        }
    }

    @Test func request_prefersTheOwnLoop() {
        var pool = state()
        _ = (pool.request(on: 0), pool.request(on: 1))
        _ = (pool.giveBack("a0", loop: 0), pool.giveBack("b1", loop: 1))

        let answers = [words(pool.request(on: 0)), words(pool.request(on: 0)), words(pool.request(on: 0))]

        #expect(answers == ["a0", "b1", "wait 1"])
    }

    @Test func request_opensOnItsLoopBeforeItTakesFromOthers() {
        var pool = state(openMax: 4)
        let answers = (0..<3).map { _ in words(pool.request(on: 0)) }
        _ = (pool.giveBack("a0", loop: 0), pool.giveBack("b0", loop: 0))

        #expect(answers == ["room", "room", "room"])
        #expect(words(pool.request(on: 1)) == "room")
        // Four are open, that is all.
        #expect(words(pool.request(on: 1)) == "b0")
        #expect(pool.openCount == 4)
    }

    @Test func giveBack_servesTheFirstInLine() {
        var pool = state(openMax: 1)
        _ = (pool.request(on: 0), pool.request(on: 0), pool.request(on: 0), pool.request(on: 0))
        for ticket in 1...3 { _ = pool.join(UInt64(ticket), ticket, on: 0, until: start) }
        let gone = pool.leave(1)

        #expect(gone == 1)
        #expect(words(pool.giveBack("a", loop: 0)) == "to 2")
        let next = pool.freeRoom(loop: 0)
        #expect(next == 3)
        #expect(pool.openCount == 1)
        let last = pool.freeRoom(loop: 0)
        #expect(last == nil)
        #expect(pool.openCount == 0)
    }

    @Test func join_takesWhatCameBackMeanwhile() {
        var pool = state(openMax: 1)
        _ = (pool.request(on: 0), pool.request(on: 1))
        _ = pool.giveBack("a", loop: 0)

        guard case .granted(.connection("a")) = pool.join(1, 1, on: 1, until: start) else {
            Issue.record("the idle connection was not granted")
            return
        }
        #expect(pool.waitingCount == 0)
    }

    @Test func request_isRefusedWhenTheLineIsFull() {
        var pool = state(openMax: 1, waitersMax: 1)
        _ = (pool.request(on: 0), pool.request(on: 0))
        _ = pool.join(1, 1, on: 0, until: start)

        #expect(words(pool.request(on: 0)) == "full")
        #expect(pool.refusedCount == 1)
    }

    @Test func expire_sendsAwayInOrderAndNamesTheNextTime() {
        var pool = state(openMax: 1)
        _ = (pool.request(on: 0), pool.request(on: 0), pool.request(on: 0), pool.request(on: 0))
        for ticket in 1...3 {
            _ = pool.join(UInt64(ticket), ticket, on: 0, until: start.advanced(by: .seconds(ticket)))
        }

        let (expired, next) = pool.expire(now: start.advanced(by: .seconds(2)))

        #expect(expired == [1, 2])
        #expect(next == start.advanced(by: .seconds(3)))
        let rest = pool.expire(now: start.advanced(by: .seconds(3)))
        #expect(rest.expired == [3])
        #expect(rest.next == nil)
        #expect(pool.refusedCount == 3)
    }

    @Test func close_takesNothingBack() {
        var pool = state()
        _ = (pool.request(on: 0), pool.request(on: 0))
        _ = pool.giveBack("a", loop: 0)

        let (idle, waiters) = pool.close()

        #expect(idle == ["a"])
        #expect(waiters.isEmpty)
        #expect(words(pool.request(on: 0)) == "closed")
        #expect(words(pool.giveBack("b", loop: 0)) == "close")
        #expect(pool.openCount == 2)
    }

    @Test func anyOrderOfEvents_keepsTheBooks() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var pool = state(openMax: 3, waitersMax: 5)
            var leased: [Int] = []
            var waiting: Set<Int> = []
            for _ in 0..<200 {
                let loop = Int.random(in: 0...1, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0, 1:
                    switch pool.request(on: loop) {
                    case .granted: leased.append(loop)
                    case .wait(let ticket):
                        _ = pool.join(ticket, Int(ticket), on: loop, until: start)
                        waiting.insert(Int(ticket))
                    case .full: #expect(waiting.count == 5)
                    case .closed: Issue.record("nobody closed it")
                    }
                case 2 where !leased.isEmpty:
                    let loop = leased.removeLast()
                    if case .handOver(let waiter) = pool.giveBack("c", loop: loop) {
                        waiting.remove(waiter)
                        leased.append(loop)
                    }
                default:
                    guard let ticket = waiting.min() else { break }
                    waiting.remove(ticket)
                    let left = pool.leave(UInt64(ticket))
                    #expect(left == ticket)
                }
                #expect(pool.openCount <= 3)
                #expect(pool.openCount == leased.count + pool.idleCount)
                #expect(pool.waitingCount == waiting.count)
                #expect(pool.idleCount == 0 || waiting.isEmpty)
            }
        }
    }
}
