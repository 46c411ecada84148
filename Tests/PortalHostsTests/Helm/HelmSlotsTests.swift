import Synchronization
import Testing

@testable import PortalHosts

struct HelmSlotsTests {
    /// Counts how many are in a place at a time.
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))

        var now: Int { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }

        func enter() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }

    @Test func withSlot_boundsHowManyRun() async throws {
        let slots = HelmSlots(count: 3)
        let running = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await slots.withSlot {
                        running.enter()
                        await Task.yield()
                        running.leave()
                    }
                }
            }
            try await group.waitForAll()
        }

        #expect(running.most <= 3)
        #expect(running.now == 0)
    }

    @Test func withSlot_givesTheSlotBackAfterAnError() async throws {
        struct Failure: Error {}
        let slots = HelmSlots(count: 1)

        await #expect(throws: Failure.self) { try await slots.withSlot { throw Failure() } }

        #expect(try await slots.withSlot { 1 } == 1)
    }

    @Test func withSlot_letsACancelledCallerLeave() async throws {
        let slots = HelmSlots(count: 1)
        let (release, finish) = AsyncStream.makeStream(of: Void.self)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            try await slots.withSlot {
                start.finish()
                for await _ in release {}
            }
        }
        for await _ in started {}
        let waiter = Task { try await slots.withSlot { 1 } }
        while await slots.waitingCount == 0 { await Task.yield() }

        waiter.cancel()

        await #expect(throws: CancellationError.self) { try await waiter.value }
        finish.finish()
        try await holder.value
        #expect(try await slots.withSlot { 2 } == 2)
    }
}
