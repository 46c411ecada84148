import EventLoop
import Glibc
import Testing

struct DescriptorWatcherTests {
    /// Two ends of a connection, watched on a fresh loop.
    private func withPair(_ body: @escaping @Sendable (Ends) async throws -> Void) async throws {
        let group = try EventLoopGroup(loops: 1)
        let loop = group.loops[0]
        let result = await Task(executorPreference: loop) {
            let ends = try Ends(loop: loop)
            defer { ends.close() }
            try await body(ends)
        }.result
        await group.shutdown()
        try result.get()
    }

    /// Confined to the loop like the watchers; crosses into the body on the same thread.
    private final class Ends: @unchecked Sendable {
        let loop: EventLoop
        let numbers: (Int32, Int32)
        let watchers: (DescriptorWatcher, DescriptorWatcher)
        private var owners: [Owner]

        private final class Owner {
            let descriptor: Descriptor
            init(_ number: Int32) { descriptor = Descriptor(adopting: number) }
        }

        init(loop: EventLoop) throws {
            var pair: [Int32] = [0, 0]
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw SocketError.last("socketpair") }
            self.loop = loop
            numbers = (pair[0], pair[1])
            owners = pair.map(Owner.init)
            watchers = (
                try DescriptorWatcher(descriptor: pair[0], loop: loop),
                try DescriptorWatcher(descriptor: pair[1], loop: loop)
            )
        }

        func write(_ count: Int) throws -> Int? {
            let bytes = [UInt8](repeating: 1, count: count)
            return try bytes.withUnsafeBytes { try Sockets.send(numbers.1, $0) }
        }

        func read() throws -> Sockets.Received {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            return try bytes.withUnsafeMutableBytes { try Sockets.receive(numbers.0, into: $0) }
        }

        func closeSecond() {
            watchers.1.close()
            owners.removeLast()
        }

        func close() {
            watchers.0.close()
            watchers.1.close()
        }
    }

    @Test func waitReadable_returnsWhenDataArrives() async throws {
        try await withPair { ends in
            let reader = Task(executorPreference: ends.loop) { try await ends.watchers.0.waitReadable(deadline: nil) }
            await Task.yield()
            #expect(try ends.write(3) == 3)
            try await reader.value

            // Readiness is kept until it is cleared.
            try await ends.watchers.0.waitReadable(deadline: nil)
            #expect(try ends.read() == .bytes(3))
            #expect(try ends.read() == .nothingYet)
            ends.watchers.0.clearReadable()
            await #expect(throws: SocketError.timedOut) {
                try await ends.watchers.0.waitReadable(deadline: .now + .milliseconds(5))
            }
        }
    }

    @Test func clear_doesNotMissWhatComesLater() async throws {
        try await withPair { ends in
            for _ in 0..<200 {
                ends.watchers.0.clearReadable()
                _ = try ends.write(1)
                try await ends.watchers.0.waitReadable(deadline: .now + .seconds(20))
                #expect(try ends.read() == .bytes(1))
            }
        }
    }

    @Test func reexamine_findsWhatIsThereAlready() async throws {
        try await withPair { ends in
            _ = try ends.write(1)
            try await ends.watchers.0.waitReadable(deadline: nil)
            // Somebody else owns the reading and cannot tell whether there is more.
            ends.watchers.0.clearReadable()
            try ends.watchers.0.reexamine()
            try await ends.watchers.0.waitReadable(deadline: .now + .seconds(20))
            #expect(try ends.read() == .bytes(1))

            try ends.watchers.0.reexamine()
            await #expect(throws: SocketError.timedOut) {
                try await ends.watchers.0.waitReadable(deadline: .now + .milliseconds(5))
            }
        }
    }

    @Test func waitWritable_returnsWhenThereIsRoom() async throws {
        try await withPair { ends in
            while try ends.write(65_536) != nil {}
            ends.watchers.1.clearWritable()
            let writer = Task(executorPreference: ends.loop) {
                try await ends.watchers.1.waitWritable(deadline: .now + .seconds(20))
            }
            await Task.yield()
            while case .bytes = try ends.read() {}
            try await writer.value
        }
    }

    @Test func deadlines_canGrowAndShrink() async throws {
        try await withPair { ends in
            for milliseconds in [20, 5, 30, 1] {
                let start = LoopInstant.now
                await #expect(throws: SocketError.timedOut) {
                    try await ends.watchers.0.waitReadable(deadline: start + .milliseconds(milliseconds))
                }
                #expect(start.duration(to: .now) >= .milliseconds(milliseconds))
            }
            // A timer that is still pending from a wait that ended early does not end the next one.
            for _ in 0..<5 {
                _ = try ends.write(1)
                try await ends.watchers.0.waitReadable(deadline: .now + .milliseconds(20))
                _ = try ends.read()
                ends.watchers.0.clearReadable()
            }
            let start = LoopInstant.now
            await #expect(throws: SocketError.timedOut) {
                try await ends.watchers.0.waitReadable(deadline: start + .milliseconds(40))
            }
            #expect(start.duration(to: .now) >= .milliseconds(40))
        }
    }

    @Test func cancellation_endsTheWaitAndOnlyThat() async throws {
        try await withPair { ends in
            for _ in 0..<50 {
                let task = Task(executorPreference: ends.loop) { try await ends.watchers.0.waitReadable(deadline: nil) }
                await Task.yield()
                task.cancel()
                await #expect(throws: SocketError.cancelled) { try await task.value }
            }
            _ = try ends.write(1)
            try await ends.watchers.0.waitReadable(deadline: .now + .seconds(20))
        }
    }

    @Test func close_endsWaitsAndInterruptToo() async throws {
        try await withPair { ends in
            let interrupted = Task(executorPreference: ends.loop) {
                try await ends.watchers.0.waitReadable(deadline: nil)
            }
            await Task.yield()
            ends.watchers.0.interrupt()
            await #expect(throws: SocketError.cancelled) { try await interrupted.value }

            let waiting = Task(executorPreference: ends.loop) { try await ends.watchers.0.waitReadable(deadline: nil) }
            await Task.yield()
            ends.watchers.0.close()
            await #expect(throws: SocketError.cancelled) { try await waiting.value }
            await #expect(throws: SocketError.cancelled) { try await ends.watchers.0.waitReadable(deadline: nil) }
        }
    }

    @Test func peerClose_isReportedOnce() async throws {
        try await withPair { ends in
            var reports = 0
            ends.watchers.0.onPeerClosed = { reports += 1 }
            ends.closeSecond()
            try await ends.watchers.0.waitReadable(deadline: .now + .seconds(20))

            #expect(try ends.read() == .end)
            #expect(reports == 1 && ends.watchers.0.isPeerClosed)
            #expect(throws: SocketError.failed(call: "send", code: EPIPE)) {
                try [UInt8](repeating: 0, count: 1).withUnsafeBytes { _ = try Sockets.send(ends.numbers.0, $0) }
            }
        }
    }

    @Test func whenReadable_knowsOfAnEndThatCameWithTheData() async throws {
        try await withPair { ends in
            _ = try ends.write(1)
            ends.closeSecond()

            let knew = await withCheckedContinuation { continuation in
                ends.watchers.0.whenReadable(deadline: .now + .seconds(10)) {
                    continuation.resume(returning: ends.watchers.0.isPeerClosed)
                }
            }

            #expect(knew)
        }
    }

    @Test func error_namesTheCall() async throws {
        let group = try EventLoopGroup(loops: 1)
        let loop = group.loops[0]
        await Task(executorPreference: loop) {
            let error = #expect(throws: SocketError.self) { try DescriptorWatcher(descriptor: -1, loop: loop) }
            #expect(error?.description == "epoll_ctl failed: Bad file descriptor (errno 9)")
            #expect(error?.code == EBADF)
        }.value
        await group.shutdown()
    }

    @Test func secondWaiter_failsAlone() async throws {
        try await withPair { ends in
            let first = Task(executorPreference: ends.loop) { try await ends.watchers.0.waitReadable(deadline: nil) }
            await Task.yield()

            await #expect(throws: SocketError.failed(call: "wait", code: EBUSY)) {
                try await ends.watchers.0.waitReadable(deadline: nil)
            }

            #expect(try ends.write(1) == 1)
            try await first.value
        }
    }
}
