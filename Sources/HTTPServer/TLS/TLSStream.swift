import EventLoop
import Glibc
import HTTPCore

/// TLS on one socket: decrypts what is received and encrypts what is sent, with the calls of a socket.
///
/// Confined to its loop. Ciphertext lives in the loop's scratch buffer during a call; only what the socket or OpenSSL
/// did not take is kept until the next one.
final class TLSStream {
    let loop: EventLoop
    let watcher: DescriptorWatcher
    var engine: TLSEngine
    /// Received, and not taken by OpenSSL.
    var heldInput: [UInt8] = []
    /// Encrypted, and not taken by the socket.
    var heldOutput: [UInt8] = []
    /// Bytes of the caller's that are encrypted and not yet reported as sent; the next call begins with them again.
    var unreported = 0
    /// Whether decrypted bytes may wait in OpenSSL.
    private var mayHavePending = false
    /// Whether the client has sent its last byte.
    private var isEnded = false
    /// Whether nothing was received yet.
    var isFirstInput = true
    /// Whether the handshake is done.
    var isAgreed = false

    /// Bytes of the scratch buffer for ciphertext received, for plaintext and for ciphertext to send.
    enum Part {
        static let input = 24 * 1024
        static let plain = 32 * 1024
        /// Largest plaintext of one ``TLSStream/send(_:_:isMoreComing:)``: with the overhead of its records, of which
        /// each has up to 16 KiB, it fits into the scratch buffer.
        static let sendMax = 56 * 1024
        /// Most ciphertext that is kept for a client that does not read: then it is cut off.
        static let heldMax = 128 * 1024
    }

    /// TLS for a socket that is connected and has sent nothing.
    ///
    /// - Parameters:
    ///   - settings: Certificates and rules.
    ///   - watcher: The socket's readiness.
    /// - Throws: ``TLSError``.
    init(_ settings: TLSSettings, _ watcher: DescriptorWatcher) throws(TLSError) {
        loop = watcher.loop
        self.watcher = watcher
        engine = try TLSEngine(settings)
    }

    /// What was agreed; only after the handshake.
    func info() -> TLSSessionInfo { engine.info() }
}

// MARK: - Receiving

extension TLSStream {
    /// Receives and decrypts what is there; see ``ConnectionTransport/receive(into:bytesMax:)``.
    func receive(into input: inout InputBuffer, bytesMax: Int) throws(SocketError) -> Sockets.Received {
        try loop.withScratch { (scratch) throws(SocketError) -> Sockets.Received in
            var bytesEmpty = 0
            while true {
                let count = try decrypt(into: &input, bytesMax: bytesMax, scratch)
                if count > 0 { return .bytes(count) }
                if isEnded { return .end }
                // Whole records without content: nobody needs that many.
                guard bytesEmpty <= HTTPLimits.tlsEmptyBytesMax else { throw Self.failure }
                // OpenSSL wants to answer first, and its answer has left the window now.
                if mayHavePending || !heldInput.isEmpty { continue }
                // Less came than was asked for: the socket is empty, and the watcher knows.
                guard watcher.isReadable else { return .nothingYet }
                switch try receiveCiphertext(scratch) {
                case .bytes(let count): bytesEmpty += count
                case .nothingYet: return .nothingYet
                // Without `close_notify` the end may be anybody's: content that was announced is missing then, and a
                // request that is complete has lost nothing.
                case .end: isEnded = true
                }
            }
        }
    }

    /// A failure of TLS, as an error of the socket: details are of no use to the connection.
    static let failure = SocketError.failed(call: "TLS", code: EPROTO)

    func receiveCiphertext(_ scratch: UnsafeMutableRawBufferPointer) throws(SocketError) -> Sockets.Received {
        let target = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(Part.input))
        let received = try Sockets.receive(watcher.descriptor, into: target)
        switch received {
        case .nothingYet:
            watcher.clearReadable()
        case .bytes(let count):
            if count < target.count && !watcher.isPeerClosed { watcher.clearReadable() }
            engine.window.pointee.input = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target).prefix(count))
        case .end:
            break
        }
        return received
    }

    /// Decrypts what is in the window or was held back.
    ///
    /// - Returns: Bytes added to `input`.
    private func decrypt(
        into input: inout InputBuffer,
        bytesMax: Int,
        _ scratch: UnsafeMutableRawBufferPointer
    ) throws(SocketError) -> Int {
        offerHeldInput(scratch)
        guard mayHavePending || !engine.window.pointee.input.isEmpty else { return 0 }
        let plain = scratch[Part.input..<(Part.input + Part.plain)]
        engine.window.pointee.output = UnsafeMutableRawBufferPointer(rebasing: scratch[(Part.input + Part.plain)...])
        defer { holdInput() }
        var added = 0
        mayHavePending = false
        reading: while !isEnded {
            guard added < bytesMax else {
                mayHavePending = true
                break
            }
            let target = UnsafeMutableRawBufferPointer(rebasing: plain.prefix(bytesMax - added))
            switch engine.read(into: target) {
            case .done(let count):
                input.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target).prefix(count)))
                added += count
                // Spares the call that would only say that there is nothing more.
                if engine.window.pointee.input.isEmpty && !engine.hasPending { break reading }
            case .end: isEnded = true
            case .needsInput: break reading
            case .needsRoom:
                mayHavePending = true
                break reading
            case .failed:
                try sendWindow()
                throw Self.failure
            }
        }
        // Answers that OpenSSL gives by itself, such as a refusal to renegotiate.
        if engine.window.pointee.outputCount > 0 { try sendWindow() }
        engine.window.pointee.output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        return added
    }

    /// Puts held input into the window.
    func offerHeldInput(_ scratch: UnsafeMutableRawBufferPointer) {
        guard !heldInput.isEmpty else { return }
        let target = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(min(heldInput.count, Part.input)))
        target.copyBytes(from: heldInput.prefix(target.count))
        engine.window.pointee.input = UnsafeRawBufferPointer(target)
        heldInput = Array(heldInput.dropFirst(target.count))
    }

    /// Keeps what OpenSSL did not take out of the window, before the scratch buffer goes to somebody else.
    func holdInput() {
        let rest = engine.window.pointee.input
        if !rest.isEmpty { heldInput = Array(rest) + heldInput }
        // No event of the socket tells of what is here already.
        if !heldInput.isEmpty || mayHavePending { watcher.noteReadable() }
        engine.window.pointee.input = UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
