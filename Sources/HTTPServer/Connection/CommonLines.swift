import Glibc
import HTTPCore

/// The field lines that change once a second at most: `Date` and `Server`; one a loop.
struct CommonLines {
    private let server: String
    private var second: time_t = -1
    private var bytes: [UInt8] = []

    /// Lines for responses of a server.
    ///
    /// - Parameter server: Value of `Server`; empty leaves it out.
    init(server: String) {
        self.server = server
    }

    /// The lines of the present second.
    mutating func value() -> [UInt8] {
        // time(2) reads a page that the kernel keeps up to date: no system call.
        let now = time(nil)
        if now != second {
            second = now
            bytes = ResponseEncoder.commonLines(date: HTTPDate(epochSeconds: Int64(now)), server: server)
        }
        return bytes
    }
}
