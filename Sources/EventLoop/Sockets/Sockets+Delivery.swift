import CEpoll
import Glibc

/// What the kernel holds of a connection's data, and how it is bounded.
extension Sockets {
    /// Bytes that were handed to the kernel and that the peer has not acknowledged (`SIOCOUTQ`, tcp(7)).
    ///
    /// - Parameter descriptor: A connected stream socket.
    /// - Returns: 0 when everything has arrived, and for a socket that cannot say.
    public static func unsentBytes(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        // SIOCOUTQ is TIOCOUTQ for sockets (linux/sockios.h).
        guard ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
        return Int(max(0, count))
    }

    /// Bounds what the kernel takes ahead of the network for a connection (`TCP_NOTSENT_LOWAT`, tcp(7)).
    ///
    /// Set on a listening socket, the connections that it accepts inherit the bound.
    ///
    /// - Parameters:
    ///   - descriptor: A socket; of other kinds than TCP nothing changes.
    ///   - bytes: At least 1.
    public static func setUnsentBytesMax(_ descriptor: Int32, _ bytes: Int) {
        let value = Int32(clamping: max(1, bytes))
        // Fails only for what is not TCP, which has no such buffer.
        try? setOption(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, value)
    }

    /// Receives and forgets.
    ///
    /// - Parameters:
    ///   - descriptor: A connected, non-blocking socket.
    ///   - buffer: Undefined afterwards; its size is the most that is taken.
    /// - Returns: What arrived.
    /// - Throws: ``SocketError/failed(call:code:)`` of `recv`.
    public static func discard(
        _ descriptor: Int32,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> Received {
        while true {
            // tcp(7): with MSG_TRUNC the bytes are dropped in the kernel instead of being copied.
            let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EAGAIN { return .nothingYet }
            if errno != EINTR { throw .last("recv") }
        }
    }
}
