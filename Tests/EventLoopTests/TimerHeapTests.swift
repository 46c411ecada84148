import Testing

@testable import EventLoop

struct TimerHeapTests {
    private let start = LoopInstant.now

    @Test(arguments: 0..<8)
    func popDue_givesTimersInOrder(_ seed: Int) {
        var heap = TimerHeap()
        var order: [Int] = []
        // A small generator of its own: the order of insertion shall differ between the cases, no more.
        var state = UInt64(seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        var handles: [Int: TimerHandle] = [:]
        for number in 0..<200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let delay = Int(state >> 40) % 1000
            handles[number] = heap.add(at: start + .milliseconds(delay)) { order.append(delay) }
        }
        for number in stride(from: 0, to: 200, by: 3) { handles[number].map { heap.cancel($0) } }
        #expect(heap.count == 133)

        while let body = heap.popDue(now: start + .seconds(1)) { body() }

        #expect(order.count == 133 && order == order.sorted())
        #expect(heap.count == 0 && heap.firstDeadline == nil)
    }

    @Test func popDue_leavesTheFuture() {
        var heap = TimerHeap()
        _ = heap.add(at: start + .seconds(1)) {}

        #expect(heap.popDue(now: start) == nil)
        #expect(heap.popDue(now: start + .seconds(1)) != nil)
    }

    @Test func cancel_ignoresOldHandles() {
        var heap = TimerHeap()
        let first = heap.add(at: start) {}
        heap.cancel(first)
        let second = heap.add(at: start) {}
        heap.cancel(first)
        heap.cancel(.none)

        #expect(first.slot == second.slot)
        #expect(heap.count == 1)
        heap.cancel(second)
        heap.cancel(second)
        #expect(heap.count == 0)
    }
}
