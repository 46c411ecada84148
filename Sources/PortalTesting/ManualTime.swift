public import FoundationEssentials
public import Portal
import Synchronization

/// A clock that only moves when a test moves it.
public final class ManualTime: TimeSource {
    private let current: Mutex<Date>

    /// A clock that stands at a time; without one at a Monday morning in 2026.
    public init(at start: Date = Date(timeIntervalSince1970: 1_767_600_000)) {
        current = Mutex(start)
    }

    /// The time it shows.
    public func now() -> Date {
        current.withLock { $0 }
    }

    /// Moves it forward.
    public func advance(by duration: Duration) {
        current.withLock { $0 = $0.advanced(by: duration) }
    }
}
