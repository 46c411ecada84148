import EventLoop
import Glibc
import HTTPCore

extension TLSStream {
    /// How a handshake ended.
    enum HandshakeResult: Sendable {
        /// The connection is encrypted.
        case done
        /// The client speaks HTTP without TLS; what it sent is lost.
        case plainRequest
    }

    private enum Progress {
        case done, plainRequest, needsInput, needsRoom
    }

    /// Shakes hands.
    ///
    /// - Parameters:
    ///   - deadline: For the whole of it.
    ///   - turns: Those of the loop.
    /// - Returns: Whether the client speaks TLS.
    /// - Throws: ``TLSError`` for a client that cannot be agreed with, ``SocketError`` when it is gone or too slow.
    func handshake(deadline: LoopInstant, turns: TLSHandshakeTurns) async throws -> HandshakeResult {
        var bytesTaken = 0
        while true {
            await turns.take()
            // The server may have cut the connection off meanwhile, and the descriptor is somebody else's then.
            guard !Task.isCancelled else { throw SocketError.cancelled }
            guard loop.now() < deadline else { throw SocketError.timedOut }
            switch try progress(&bytesTaken) {
            case .done: return .done
            case .plainRequest: return .plainRequest
            case .needsInput: try await watcher.waitReadable(deadline: deadline)
            case .needsRoom: try await watcher.waitWritable(deadline: deadline)
            }
        }
    }

    /// Goes as far as possible without waiting.
    private func progress(_ bytesTaken: inout Int) throws -> Progress {
        try loop.withScratch { scratch in
            while true {
                try sendHeld()
                guard heldOutput.isEmpty else { return .needsRoom }
                guard !isAgreed else { return .done }
                if heldInput.isEmpty {
                    guard watcher.isReadable else { return .needsInput }
                    switch try receiveCiphertext(scratch) {
                    case .nothingYet: return .needsInput
                    case .end: throw Self.endInHandshake
                    case .bytes(let count): bytesTaken += count
                    }
                } else {
                    offerHeldInput(scratch)
                }
                guard bytesTaken <= HTTPLimits.tlsHandshakeBytesMax else { throw Self.failure }
                if isFirstInput, let first = engine.window.pointee.input.first {
                    isFirstInput = false
                    if Self.looksLikeHTTP(first) { return .plainRequest }
                }
                try step(scratch)
            }
        }
    }

    /// Has OpenSSL look at the window.
    private func step(_ scratch: UnsafeMutableRawBufferPointer) throws {
        defer { holdInput() }
        while true {
            engine.window.pointee.output = UnsafeMutableRawBufferPointer(rebasing: scratch[Part.input...])
            let step = engine.handshake()
            // Also after a failure: the alert in it tells the client why.
            try sendWindow()
            switch step {
            case .done:
                isAgreed = true
                return
            case .end: throw Self.endInHandshake
            case .needsInput: return
            // The window is empty again; what is kept for the socket is bounded.
            case .needsRoom: continue
            case .failed(let error): throw error
            }
        }
    }

    /// The client went away before there were keys.
    private static let endInHandshake = SocketError.failed(call: "TLS handshake", code: ECONNRESET)

    /// Whether the first byte of a connection begins a method and no TLS record (22, RFC 8446 section 5.1).
    private static func looksLikeHTTP(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    }
}
