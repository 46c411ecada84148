import CEpoll
import Glibc

/// Wakes a loop at its first deadline: one timer of the kernel (timerfd_create(2)) that stays set over many waits.
///
/// Deadlines mostly move later, as a connection's does with each request. So an alarm that is early is left alone: it
/// wakes the loop once for nothing, and is then set anew.
struct LoopAlarm {
    /// Readable, edge-triggered, each time the alarm goes off; nobody reads it.
    let descriptor: Int32
    private var time: LoopInstant?

    /// Makes an alarm that is not set.
    ///
    /// - Throws: ``SocketError/failed(call:code:)`` of `timerfd_create`.
    init() throws(SocketError) {
        descriptor = timerfd_create(CLOCK_BOOTTIME, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0 else { throw .last("timerfd_create") }
    }

    /// Whether the alarm will go off in time for a deadline.
    func isSet(atOrBefore deadline: LoopInstant) -> Bool {
        guard let time else { return false }
        return time <= deadline
    }

    /// Has the alarm go off at a time instead of the one it was set to.
    ///
    /// - Parameter deadline: The time; never goes off before it.
    /// - Returns: False when the time has come already, or the alarm cannot be set: the loop must not sleep then.
    mutating func set(to deadline: LoopInstant) -> Bool {
        let wait = LoopInstant.now.duration(to: deadline)
        guard wait > .zero else { return false }
        let (seconds, attoseconds) = wait.components
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(seconds)
        // Rounded up: a value of zero would switch the alarm off (timerfd_settime(2)).
        setting.it_value.tv_nsec = min(999_999_999, Int(attoseconds / 1_000_000_000) + 1)
        guard timerfd_settime(descriptor, 0, &setting, nil) == 0 else { return false }
        time = deadline
        return true
    }

    /// Forgets a time that has passed: the alarm has gone off, and is not set any more.
    mutating func pass(_ now: LoopInstant) {
        if let time, time <= now { self.time = nil }
    }

    /// Gives the descriptor back.
    func close() {
        _ = Glibc.close(descriptor)
    }
}
