import EventLoop
import HTTPCore

/// The socket of one connection: all its calls, and nothing of HTTP.
///
/// Confined to its loop. After ``startTLS(_:deadline:turns:)`` the same calls carry TLS, and the connection does not
/// notice.
final class ConnectionTransport {
    /// The loop of the connection.
    let loop: EventLoop
    /// Readiness of the socket.
    let watcher: DescriptorWatcher
    /// Whether no more can be received or sent.
    private(set) var isClosed = false
    private var owner: Descriptor?
    private let descriptor: Int32
    private var tls: TLSStream?

    /// Takes over a connected, non-blocking socket; must be called on the loop.
    ///
    /// - Throws: ``SocketError`` of the watcher; the socket is closed then.
    init(descriptor: consuming Descriptor, loop: EventLoop) throws(SocketError) {
        self.loop = loop
        self.descriptor = descriptor.number
        watcher = try DescriptorWatcher(descriptor: descriptor.number, loop: loop)
        owner = consume descriptor
    }

    /// Receives what is there, behind the bytes of a buffer.
    ///
    /// - Parameters:
    ///   - input: Grows by at most `bytesMax`.
    ///   - bytesMax: At least 1.
    /// - Returns: What arrived.
    /// - Throws: ``SocketError/failed(call:code:)``; ``SocketError/cancelled`` after ``close()``.
    func receive(into input: inout InputBuffer, bytesMax: Int) throws(SocketError) -> Sockets.Received {
        guard !isClosed else { throw .cancelled }
        if let tls { return try tls.receive(into: &input, bytesMax: bytesMax) }
        let descriptor = descriptor
        return try loop.withScratch { (scratch) throws(SocketError) -> Sockets.Received in
            let target = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(bytesMax))
            let received = try Sockets.receive(descriptor, into: target)
            switch received {
            case .nothingYet:
                watcher.clearReadable()
            case .bytes(let count):
                // epoll(7), question 9: a stream that gave less than was asked for is empty now, and what comes later
                // is a new event. It spares the call that would only say so. An end that is already known is not new.
                if count < target.count && !watcher.isPeerClosed { watcher.clearReadable() }
                input.append(UnsafeRawBufferPointer(rebasing: target.prefix(count)))
            case .end:
                break
            }
            return received
        }
    }

    /// Receives and forgets; for what comes after the last request, which with TLS is not even decrypted.
    ///
    /// - Returns: What arrived.
    /// - Throws: As ``receive(into:bytesMax:)``.
    func discard() throws(SocketError) -> Sockets.Received {
        guard !isClosed else { throw .cancelled }
        let descriptor = descriptor
        let received = try loop.withScratch { scratch throws(SocketError) in
            try Sockets.discard(descriptor, scratch)
        }
        if received == .nothingYet { watcher.clearReadable() }
        return received
    }

    /// Sends from one or two buffers.
    ///
    /// - Returns: Bytes taken; `nil` when the socket has no room.
    /// - Throws: As ``receive(into:bytesMax:)``.
    func send(
        _ first: Span<UInt8>,
        _ second: Span<UInt8> = Span(),
        isMoreComing: Bool = false
    ) throws(SocketError) -> Int? {
        guard !isClosed else { throw .cancelled }
        let descriptor = descriptor
        let sent = try first.withUnsafeBytes { first throws(SocketError) in
            try second.withUnsafeBytes { second throws(SocketError) in
                if let tls { return try tls.send(first, second, isMoreComing: isMoreComing) }
                return try Sockets.send(descriptor, first, second, isMoreComing: isMoreComing)
            }
        }
        if sent == nil { watcher.clearWritable() }
        return sent
    }

    /// Sends from a file.
    ///
    /// - Returns: Bytes taken, 0 when the file has ended; `nil` when the socket has no room.
    /// - Throws: As ``receive(into:bytesMax:)``.
    func sendFile(_ file: Int32, offset: Int64, count: Int64) throws(SocketError) -> Int? {
        guard !isClosed else { throw .cancelled }
        if let tls { return try tls.sendFile(file, offset: offset, count: count) }
        let count = Int(min(count, HTTPLimits.sendFileBytesMax))
        let sent = try Sockets.sendFile(descriptor, file, offset: offset, count: count)
        if sent == nil { watcher.clearWritable() }
        return sent
    }

    /// Bytes that were sent and that the client has not acknowledged.
    var unsentBytes: Int {
        isClosed ? 0 : Sockets.unsentBytes(descriptor)
    }

    /// Shakes hands; everything after it is encrypted.
    ///
    /// - Parameters:
    ///   - settings: Certificates and rules.
    ///   - deadline: For the whole handshake.
    ///   - turns: Those of the loop.
    /// - Returns: What was agreed; `nil` when the client speaks HTTP without TLS, and the transport stays plain.
    /// - Throws: ``TLSError``; ``SocketError`` when the client is gone or too slow.
    func startTLS(
        _ settings: TLSSettings,
        deadline: LoopInstant,
        turns: TLSHandshakeTurns
    ) async throws -> TLSSessionInfo? {
        let stream = try TLSStream(settings, watcher)
        guard try await stream.handshake(deadline: deadline, turns: turns) == .done else { return nil }
        tls = stream
        return stream.info()
    }

    /// Tells the client that nothing more comes.
    func finishSending() {
        guard !isClosed else { return }
        tls?.finishSending()
        Sockets.finishSending(descriptor)
    }

    /// Closes so that the client sees a reset, not an orderly end: for content that was cut off.
    func abort() {
        if !isClosed { Sockets.resetOnClose(descriptor) }
        tls = nil
        close()
    }

    /// Closes the socket; waits that are under way end with ``SocketError/cancelled``.
    ///
    /// May be called twice.
    func close() {
        guard !isClosed else { return }
        tls?.finishSending()
        tls = nil
        isClosed = true
        watcher.close()
        owner = nil
    }
}
