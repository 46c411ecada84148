import CEpoll
import Glibc

/// A moment on the clock of the loops: nanoseconds of `CLOCK_BOOTTIME`, which goes on while the machine sleeps.
///
/// The same clock as `ContinuousClock`, in 8 bytes instead of 16 and of a size that the compiler knows: the standard
/// library's instants are copied and compared by calls, which was a hundredth of a small request. Times beyond 292 years
/// are cut to that.
@frozen
public struct LoopInstant: InstantProtocol {
    /// Since the machine was started.
    @usableFromInline let nanoseconds: Int64

    @inlinable
    init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The present.
    public static var now: LoopInstant {
        var time = timespec()
        // Cannot fail: the clock is there since Linux 2.6.39, and the address is good.
        clock_gettime(CLOCK_BOOTTIME, &time)
        return LoopInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The moment after a duration, or before it when it is negative.
    public func advanced(by duration: Duration) -> LoopInstant {
        advanced(by: LoopDuration(duration))
    }

    /// The moment after a duration that was converted before.
    @inlinable
    public func advanced(by duration: LoopDuration) -> LoopInstant {
        let (sum, overflows) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return LoopInstant(nanoseconds: overflows ? (duration.nanoseconds > 0 ? .max : .min) : sum)
    }

    /// The time from this moment to another.
    public func duration(to other: LoopInstant) -> Duration {
        .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }

    /// The moment after a duration.
    public static func + (instant: LoopInstant, duration: Duration) -> LoopInstant {
        instant.advanced(by: duration)
    }

    /// The moment after a duration that was converted before.
    @inlinable
    public static func + (instant: LoopInstant, duration: LoopDuration) -> LoopInstant {
        instant.advanced(by: duration)
    }

    /// Whether the first moment is before the second.
    @inlinable
    public static func < (first: LoopInstant, second: LoopInstant) -> Bool {
        first.nanoseconds < second.nanoseconds
    }
}

/// A duration in whole nanoseconds, converted once: a `Duration` is a 128-bit number of attoseconds, and its division
/// costs as much as reading a small request's head.
@frozen
public struct LoopDuration: Sendable, Hashable {
    @usableFromInline let nanoseconds: Int64

    /// Converts a duration; what is longer than 292 years is cut to that.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumOverflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        nanoseconds = overflows || sumOverflows ? (seconds > 0 ? .max : .min) : sum
    }
}
