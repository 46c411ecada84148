import Glibc

/// poll(2) for one descriptor without waiting.
enum Poll {
    /// True when a read would return bytes, the end of the stream, or an error.
    static func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) != 0
    }
}
