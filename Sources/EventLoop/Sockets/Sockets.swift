import CEpoll
import Glibc

/// Non-blocking calls on connected sockets; none of them raises `SIGPIPE` on a loop's thread.
public enum Sockets {
    /// What a receive brought.
    public enum Received: Sendable, Hashable {
        /// This many bytes, at least 1.
        case bytes(Int)
        /// Nothing now; wait until the socket is readable.
        case nothingYet
        /// The peer closed its sending side.
        case end
    }

    /// Receives into a buffer (recv(2)).
    ///
    /// - Parameters:
    ///   - descriptor: A connected, non-blocking socket.
    ///   - buffer: Not empty.
    /// - Returns: What arrived.
    /// - Throws: ``SocketError/failed(call:code:)`` of `recv`.
    public static func receive(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> Received {
        try receive(descriptor, into: buffer, flags: 0)
    }

    /// Looks at what has arrived without taking it (recv(2), `MSG_PEEK`).
    ///
    /// - Parameters:
    ///   - descriptor: A connected, non-blocking socket.
    ///   - buffer: Not empty.
    /// - Returns: What is there; the same bytes again at the next call.
    /// - Throws: ``SocketError/failed(call:code:)`` of `recv`.
    public static func peek(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> Received {
        try receive(descriptor, into: buffer, flags: Int32(MSG_PEEK))
    }

    private static func receive(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        flags: Int32
    ) throws(SocketError) -> Received {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, flags)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothingYet }
            if errno != EINTR { throw .last("recv") }
        }
    }

    /// Sends one or two buffers with one call (send(2), sendmsg(2)).
    ///
    /// - Parameters:
    ///   - descriptor: A connected, non-blocking socket.
    ///   - first: Sent before `second`.
    ///   - second: May be empty.
    ///   - isMoreComing: Lets the kernel wait for what follows at once, such as a file after its head (`MSG_MORE`).
    /// - Returns: Number of bytes taken, counted over both; `nil` when there is no room now.
    /// - Throws: ``SocketError/failed(call:code:)`` of `send` or `sendmsg`.
    public static func send(
        _ descriptor: Int32,
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        isMoreComing: Bool = false
    ) throws(SocketError) -> Int? {
        let flags = Int32(MSG_NOSIGNAL) | (isMoreComing ? Int32(MSG_MORE) : 0)
        guard !second.isEmpty else { return try send(descriptor, first, flags) }
        var parts = (part(first), part(second))
        while true {
            let count = withUnsafeMutablePointer(to: &parts) { pointer in
                pointer.withMemoryRebound(to: iovec.self, capacity: 2) { vectors in
                    var message = msghdr()
                    message.msg_iov = vectors
                    message.msg_iovlen = 2
                    return sendmsg(descriptor, &message, flags)
                }
            }
            if count >= 0 { return count }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw .last("sendmsg") }
        }
    }

    /// One buffer by send(2), which is cheaper than sendmsg(2) with one part.
    private static func send(
        _ descriptor: Int32,
        _ bytes: UnsafeRawBufferPointer,
        _ flags: Int32
    ) throws(SocketError) -> Int? {
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return count }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw .last("send") }
        }
    }

    /// Sends a part of a file without copying it through the process (sendfile(2)).
    ///
    /// Only for a loop's thread, which has `SIGPIPE` blocked.
    ///
    /// - Parameters:
    ///   - descriptor: A connected, non-blocking socket.
    ///   - file: A regular file.
    ///   - offset: Where to begin in the file.
    ///   - count: Bytes wanted, ≥ 1.
    /// - Returns: Number of bytes taken, 0 at the end of the file; `nil` when there is no room now.
    /// - Throws: ``SocketError/failed(call:code:)`` of `sendfile`.
    public static func sendFile(
        _ descriptor: Int32,
        _ file: Int32,
        offset: Int64,
        count: Int
    ) throws(SocketError) -> Int? {
        while true {
            var position = off_t(offset)
            let sent = sendfile(descriptor, file, &position, count)
            if sent >= 0 { return sent }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw .last("sendfile") }
        }
    }

    /// Says that nothing more will be sent; the peer reads the end (shutdown(2), `SHUT_WR`).
    public static func finishSending(_ descriptor: Int32) {
        // Fails only when the connection is gone already.
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the coming close(2) send a reset and drop what was not sent (socket(7), `SO_LINGER` with zero time).
    public static func resetOnClose(_ descriptor: Int32) {
        var value = linger(l_onoff: 1, l_linger: 0)
        // Fails only for what is not a socket, and then the close is an orderly one.
        _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
    }

    /// Sets an integer option (setsockopt(2)).
    static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) throws(SocketError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, level, name, &value, size) == 0 else { throw .last("setsockopt") }
    }

    /// Reads an integer option (getsockopt(2)).
    static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) throws(SocketError) -> Int32 {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, level, name, &value, &size) == 0 else { throw .last("getsockopt") }
        return value
    }

    private static func part(_ buffer: UnsafeRawBufferPointer) -> iovec {
        iovec(iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress), iov_len: buffer.count)
    }
}
