import Glibc

/// The time of a log line: RFC 3339, UTC, milliseconds.
struct LogTime: Sendable, Hashable {
    private let seconds: Int
    private let milliseconds: Int

    /// A time after the epoch.
    init(seconds: Int, milliseconds: Int) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    /// The time now (clock_gettime(2), without a system call).
    static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// Appends 24 bytes, such as `2026-11-23T07:31:00.042Z`.
    func append(to bytes: inout [UInt8]) {
        var (parts, time) = (tm(), time_t(seconds))
        gmtime_r(&time, &parts)
        Self.append(Int(parts.tm_year) + 1_900, digits: 4, to: &bytes)
        for (separator, value) in [("-", parts.tm_mon + 1), ("-", parts.tm_mday), ("T", parts.tm_hour)] {
            bytes += separator.utf8
            Self.append(Int(value), digits: 2, to: &bytes)
        }
        for value in [parts.tm_min, parts.tm_sec] {
            bytes.append(UInt8(ascii: ":"))
            Self.append(Int(value), digits: 2, to: &bytes)
        }
        bytes.append(UInt8(ascii: "."))
        Self.append(milliseconds, digits: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func append(_ value: Int, digits count: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<count { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
