import Glibc
import Synchronization

/// A fixed set of event loops, usually one a core.
public final class EventLoopGroup: Sendable {
    /// The loops, in order of their index; never empty.
    public let loops: [EventLoop]
    private let cursor = Atomic<Int>(0)

    /// Starts the loops.
    ///
    /// - Parameter count: Number of loops, 1…``EventLoopLimits/loopsMax``; other values are clamped.
    /// - Throws: ``SocketError/failed(call:code:)`` when the system has no descriptors or threads left; loops that were
    ///   started before the failure are stopped.
    public init(loops count: Int = EventLoopGroup.coreCount) throws(SocketError) {
        var loops: [EventLoop] = []
        do throws(SocketError) {
            for index in 0..<min(max(1, count), EventLoopLimits.loopsMax) {
                loops.append(try EventLoop(index: index))
            }
        } catch {
            for loop in loops { loop.requestStop() }
            throw error
        }
        self.loops = loops
    }

    deinit {
        // A group that was forgotten must not keep threads; `shutdown()` is the orderly way.
        for loop in loops { loop.requestStop() }
    }

    /// Number of processors that are online; at least 1.
    public static var coreCount: Int {
        max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// The next loop, round robin.
    public func next() -> EventLoop {
        let position = cursor.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: position) % UInt(loops.count))]
    }

    /// Stops the loops and returns when their threads have ended.
    ///
    /// Watchers are closed, so their waiters fail with ``SocketError/cancelled``; sleeps throw `CancellationError`;
    /// work that is queued still runs. Services that use the loops should have stopped before. May be called twice.
    public func shutdown() async {
        for loop in loops { loop.requestStop() }
        for loop in loops { await loop.waitForTermination() }
    }
}
