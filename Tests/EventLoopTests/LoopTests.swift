import EventLoop
import Synchronization
import Testing

struct LoopTests {
    /// Runs a body on a fresh loop and shuts it down.
    private func withLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let group = try EventLoopGroup(loops: 1)
        let loop = group.loops[0]
        let result = await Task(executorPreference: loop) { try await body(loop) }.result
        await group.shutdown()
        try result.get()
    }

    @Test func task_runsOnItsLoop() async throws {
        try await withLoop { loop in
            #expect(loop.isCurrent && EventLoop.current === loop)
            await Task.yield()
            #expect(loop.isCurrent)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 { group.addTask { loop.isCurrent } }
                for await isCurrent in group { #expect(isCurrent) }
            }
            let elsewhere = await Task.detached { loop.isCurrent || EventLoop.current != nil }.value
            #expect(!elsewhere && loop.isCurrent)
        }
    }

    @Test func execute_keepsOrderFromEveryThread() async throws {
        try await withLoop { loop in
            let numbers = Numbers()
            await withCheckedContinuation { continuation in
                Task.detached {
                    for number in 0..<1000 { loop.execute { numbers.append(number) } }
                    loop.execute { continuation.resume() }
                }
            }
            #expect(numbers.all == Array(0..<1000))
        }
    }

    @Test func manyTasks_wakeEachOtherAcrossLoops() async throws {
        let group = try EventLoopGroup(loops: 3)
        await withTaskGroup(of: Int.self) { tasks in
            for number in 0..<100 {
                let (first, second) = (group.next(), group.next())
                tasks.addTask {
                    var hops = 0
                    for _ in 0..<50 {
                        hops += await withTaskExecutorPreference(first) { first.isCurrent ? 1 : 0 }
                        hops += await withTaskExecutorPreference(second) { second.isCurrent ? 1 : 0 }
                    }
                    return hops + number * 0
                }
            }
            for await hops in tasks { #expect(hops == 100) }
        }
        await group.shutdown()
    }

    @Test func sleep_waitsAtLeastThatLong() async throws {
        try await withLoop { loop in
            let start = LoopInstant.now
            async let long: Void = loop.sleep(for: .milliseconds(30))
            try await loop.sleep(for: .milliseconds(10))
            #expect(start.duration(to: .now) >= .milliseconds(10))
            try await long
            #expect(start.duration(to: .now) >= .milliseconds(30))
        }
    }

    @Test func sleep_worksFromOutside() async throws {
        let group = try EventLoopGroup(loops: 1)
        try await group.loops[0].sleep(for: .milliseconds(1))
        await group.shutdown()
    }

    @Test func sleep_isCancellable() async throws {
        try await withLoop { loop in
            for _ in 0..<20 {
                let task = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(600)) }
                await Task.yield()
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            let cancelledBefore = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await loop.sleep(for: .seconds(600))
            }
            await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
        }
    }

    @Test func schedule_firesInOrderAndCanBeCancelled() async throws {
        try await withLoop { loop in
            let fired = Numbers()
            let now = LoopInstant.now
            loop.schedule(at: now + .milliseconds(6)) { fired.append(2) }
            loop.schedule(at: now + .milliseconds(3)) { fired.append(1) }
            let cancelled = loop.schedule(at: now + .milliseconds(4)) { fired.append(9) }
            loop.cancel(cancelled)
            loop.cancel(cancelled)
            try await loop.sleep(for: .milliseconds(10))
            #expect(fired.all == [1, 2])
        }
    }

    @Test func busyTask_doesNotStopOthers() async throws {
        try await withLoop { loop in
            let done = Numbers()
            let busy = Task(executorPreference: loop) {
                while done.all.isEmpty { await Task.yield() }
            }
            try await loop.sleep(for: .milliseconds(5))
            done.append(1)
            await busy.value
        }
    }

    @Test func shutdown_endsSleepsAndIsRepeatable() async throws {
        let group = try EventLoopGroup(loops: 2)
        let sleepers = group.loops.map { loop in
            Task(executorPreference: loop) { try await loop.sleep(for: .seconds(600)) }
        }
        await group.shutdown()
        await group.shutdown()
        for sleeper in sleepers { await #expect(throws: CancellationError.self) { try await sleeper.value } }
    }

    @Test func taskOfADeadLoop_stillFinishes() async throws {
        let group = try EventLoopGroup(loops: 1)
        let loop = group.loops[0]
        await group.shutdown()

        let value = await Task(executorPreference: loop) {
            await Task.yield()
            return loop.isCurrent
        }.value
        loop.execute { Issue.record("a dead loop ran a closure") }

        #expect(!value)
        await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(600)) }
    }

    @Test func group_hasAtLeastOneLoopAndGoesRound() async throws {
        let group = try EventLoopGroup(loops: 0)
        #expect(group.loops.count == 1 && group.next() === group.next())
        await group.shutdown()

        let pair = try EventLoopGroup(loops: 2)
        #expect(pair.next() !== pair.next())
        await pair.shutdown()
    }

    @Test func yield_letsQueuedWorkGoFirst() async throws {
        let group = try EventLoopGroup(loops: 1)
        let loop = group.loops[0]
        let order = await Task(executorPreference: loop) {
            var order: [String] = []
            loop.executeSoon { order.append("queued") }
            order.append("running")
            await loop.yield()
            order.append(loop.isCurrent ? "back on the loop" : "elsewhere")
            return order
        }.value
        await group.shutdown()

        #expect(order == ["running", "queued", "back on the loop"])
        // Elsewhere there is nobody to wait for.
        await loop.yield()
    }
}

/// Numbers gathered from any thread.
private final class Numbers: Sendable {
    private let numbers = Mutex<[Int]>([])

    var all: [Int] { numbers.withLock { $0 } }

    func append(_ number: Int) {
        numbers.withLock { $0.append(number) }
    }
}
