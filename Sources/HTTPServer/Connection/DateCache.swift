import Glibc
import HTTPCore

/// The value of `Date`, formatted once a second; one a loop.
struct DateCache {
    private var second: time_t = -1
    private var bytes: [UInt8] = []

    /// IMF-fixdate of the present second.
    mutating func value() -> [UInt8] {
        // time(2) reads a page that the kernel keeps up to date: no system call.
        let now = time(nil)
        if now != second {
            second = now
            bytes = Array(HTTPDate(epochSeconds: Int64(now)).description.utf8)
        }
        return bytes
    }
}
