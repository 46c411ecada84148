import Glibc
import Synchronization

/// Writes lines to a descriptor that may have a slow reader, a vanished one, or none.
///
/// A line is one `write`, and lines never mix. A log must not stop the server: when nobody reads, lines are dropped and
/// counted. The descriptor is asked whether it has room before each write, because its flags belong to everybody who
/// shares it and making it non-blocking would change the shell's terminal as well.
public final class LogSink: Sendable {
    private let descriptor: Int32
    private let limits: LogLimits
    private let state = Mutex(State())
    private let dropped = Atomic<UInt64>(0)

    private struct State {
        /// When a line last waited for room.
        var lastWait: ContinuousClock.Instant?
        /// A line was cut off in its middle; the next one begins with a line end.
        var isMidLine = false
    }

    /// A sink for a descriptor that stays open as long as the sink is used.
    ///
    /// The process has to ignore `SIGPIPE`; see ``LogSink/bootstrapLogging(_:level:limits:)``.
    public init(descriptor: Int32, limits: LogLimits = LogLimits()) {
        self.descriptor = descriptor
        self.limits = limits
    }

    /// Lines that could not be written.
    public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Writes one line; drops it when the descriptor takes nothing.
    ///
    /// - Parameter line: With its line end, at most ``LogLimits/lineBytesMax``.
    func write(_ line: [UInt8]) {
        state.withLock { state in
            let bytes = state.isMidLine ? [UInt8(ascii: "\n")] + line : line
            let written = write(bytes, &state)
            guard written < bytes.count else {
                state.isMidLine = false
                return
            }
            dropped.add(1, ordering: .relaxed)
            // The separating line end alone leaves the descriptor at the start of a line.
            if written > 0 { state.isMidLine = !(state.isMidLine && written == 1) }
        }
    }

    /// Writes until everything is gone, or nothing goes any more.
    ///
    /// - Returns: Bytes written.
    private func write(_ bytes: [UInt8], _ state: inout State) -> Int {
        var position = 0
        while position < bytes.count {
            guard waitForRoom(&state) else { return position }
            let count = bytes.span.extracting(position...).withUnsafeBytes {
                // write(2): a file system that is full takes a part, a non-blocking descriptor nothing.
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                position += count
            } else if count == 0 || errno != EINTR {
                return position
            }
        }
        return position
    }

    /// Whether the descriptor takes bytes now, or does within ``LogLimits/patience``.
    private func waitForRoom(_ state: inout State) -> Bool {
        if let hasRoom = hasRoom(within: 0) { return hasRoom }
        let now = ContinuousClock.now
        if let lastWait = state.lastWait, now - lastWait < limits.patienceInterval { return false }
        state.lastWait = now
        return hasRoom(within: Int32(clamping: Int(limits.patience / .milliseconds(1)))) ?? false
    }

    /// Whether the descriptor takes bytes; `nil` when it may later.
    private func hasRoom(within milliseconds: Int32) -> Bool? {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // poll(2): an interrupted wait counts as one in vain, so that signals cannot prolong it.
        guard poll(&request, 1, milliseconds) > 0 else { return nil }
        return Int32(request.revents) & (POLLERR | POLLNVAL) == 0
    }
}
