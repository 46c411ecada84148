import EventLoop
import Testing

struct LoopInstantTests {
    private let start = LoopInstant.now

    @Test(arguments: [.zero, .nanoseconds(1), .milliseconds(-5), .seconds(3_600 * 24 * 365)] as [Duration])
    func advance_isUndoneByDuration(_ duration: Duration) {
        #expect(start.duration(to: start + duration) == duration)
        #expect(start + LoopDuration(duration) == start + duration)
        #expect((start < start + duration) == (duration > .zero))
    }

    /// A time-out that somebody meant as "never" must not trap, nor lie in the past.
    @Test(arguments: [Int64.max, .max / 2, 10_000_000_000] as [Int64])
    func advance_endsAtTheLastInstant(_ seconds: Int64) {
        #expect(start + .seconds(seconds) > start + .seconds(3_600 * 24 * 36_500))
        #expect(start + .seconds(seconds) + .seconds(seconds) >= start + .seconds(seconds))
        #expect(start + .seconds(-seconds) < start)
        #expect((start + .seconds(-seconds)).duration(to: start + .seconds(seconds)) > .seconds(9_000_000_000))
    }

    @Test func now_isTheContinuousClock() {
        let before = ContinuousClock.now
        let first = LoopInstant.now
        let between = ContinuousClock.now
        let second = LoopInstant.now

        #expect(second >= first)
        #expect(first.duration(to: second) <= before.duration(to: .now))
        #expect(between >= before)
    }
}
