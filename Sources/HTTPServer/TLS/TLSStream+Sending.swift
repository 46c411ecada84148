import EventLoop
import Glibc
import HTTPCore

extension TLSStream {
    /// Encrypts and sends; see ``ConnectionTransport/send(_:_:isMoreComing:)``.
    ///
    /// Bytes that are encrypted but not taken by the socket are not reported as sent: the caller comes with them again,
    /// and so waits for room as if they were plain.
    func send(
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer,
        isMoreComing: Bool
    ) throws(SocketError) -> Int? {
        if !heldOutput.isEmpty || unreported > 0 {
            let sent = try sendHeld()
            if !heldOutput.isEmpty || unreported > 0 { return report(sent) }
        }
        return try loop.withScratch { (scratch) throws(SocketError) -> Int? in
            engine.window.pointee.output = scratch
            let ofFirst = first.prefix(Part.sendMax)
            let ofSecond = second.prefix(Part.sendMax - ofFirst.count)
            try encrypt(UnsafeRawBufferPointer(rebasing: ofFirst))
            try encrypt(UnsafeRawBufferPointer(rebasing: ofSecond))
            unreported = ofFirst.count + ofSecond.count
            return report(try sendWindow(isMoreComing: isMoreComing))
        }
    }

    /// Reads a piece of a file, encrypts and sends it; see ``ConnectionTransport/sendFile(_:offset:count:)``.
    func sendFile(_ file: Int32, offset: Int64, count: Int64) throws(SocketError) -> Int? {
        if !heldOutput.isEmpty || unreported > 0 {
            let sent = try sendHeld()
            if !heldOutput.isEmpty || unreported > 0 { return report(sent) }
        }
        return try loop.withScratch { (scratch) throws(SocketError) -> Int? in
            let size = Int(min(count, Int64(HTTPLimits.tlsFilePieceBytes)))
            let piece = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(size))
            var got = pread(file, piece.baseAddress, piece.count, off_t(offset))
            while got < 0 && errno == EINTR { got = pread(file, piece.baseAddress, piece.count, off_t(offset)) }
            guard got >= 0 else { throw .last("pread") }
            guard got > 0 else { return 0 }
            engine.window.pointee.output = UnsafeMutableRawBufferPointer(rebasing: scratch[piece.count...])
            try encrypt(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(piece).prefix(got)))
            unreported = got
            return report(try sendWindow(isMoreComing: Int64(got) < count))
        }
    }

    /// Says that nothing more comes (`close_notify`), as far as the socket has room.
    func finishSending() {
        loop.withScratch { scratch in
            engine.window.pointee.output = scratch
            engine.shutdown()
            // Best effort: who does not read does not learn that this was the end.
            _ = try? sendWindow()
        }
    }

    private func encrypt(_ plain: UnsafeRawBufferPointer) throws(SocketError) {
        guard !plain.isEmpty else { return }
        // The window has room for everything, so that anything else than success is the end.
        guard case .done = engine.write(plain) else {
            try sendWindow()
            throw Self.failure
        }
    }

    /// Sends what OpenSSL wrote into the window; the socket's rest is kept.
    ///
    /// - Returns: Bytes that the socket took.
    /// - Throws: ``SocketError/failed(call:code:)``, also when the client lets too much pile up.
    @discardableResult
    func sendWindow(isMoreComing: Bool = false) throws(SocketError) -> Int {
        let filled = UnsafeRawBufferPointer(engine.window.pointee.output).prefix(engine.window.pointee.outputCount)
        engine.window.pointee.output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        engine.window.pointee.outputCount = 0
        guard !filled.isEmpty else { return 0 }
        guard heldOutput.isEmpty else {
            // Behind what waits already, or records would come out of order.
            guard heldOutput.count + filled.count <= Part.heldMax else { throw Self.failure }
            heldOutput += filled
            return try sendHeld()
        }
        let bytes = UnsafeRawBufferPointer(rebasing: filled)
        let sent = try Sockets.send(watcher.descriptor, bytes, isMoreComing: isMoreComing) ?? 0
        if sent < filled.count {
            watcher.clearWritable()
            heldOutput = Array(filled.dropFirst(sent))
        }
        return sent
    }

    /// Sends what the socket did not take before.
    ///
    /// - Returns: Bytes that the socket took.
    @discardableResult
    func sendHeld() throws(SocketError) -> Int {
        guard !heldOutput.isEmpty else { return 0 }
        let sent = try Self.send(heldOutput, watcher.descriptor)
        if sent < heldOutput.count { watcher.clearWritable() }
        heldOutput.removeFirst(sent)
        if heldOutput.isEmpty { heldOutput = [] }
        return sent
    }

    private static func send(_ bytes: [UInt8], _ descriptor: Int32) throws(SocketError) -> Int {
        try bytes.span.withUnsafeBytes { (bytes) throws(SocketError) -> Int in
            try Sockets.send(descriptor, bytes) ?? 0
        }
    }

    /// How much of the caller's bytes may count as sent, now that the socket took `sent` bytes of ciphertext.
    ///
    /// The last byte only counts when everything has gone, so that the caller comes back until then; the others count
    /// as they go, so that a slow client is measured by what it takes.
    private func report(_ sent: Int) -> Int? {
        let count = heldOutput.isEmpty ? unreported : min(sent, unreported - 1)
        guard count > 0 else { return nil }
        unreported -= count
        return count
    }
}
