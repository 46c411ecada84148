import EventLoop
import HTTPCore

extension HTTPConnection {
    /// What came instead of, or as, the next request.
    enum HeadResult {
        /// A request.
        case request(HTTPRequestHead, BodyFraming)
        /// The client is to be told, and the connection closed.
        case refused(HTTPStatus, String)
        /// The connection is over, with nothing to say.
        case ended
    }

    /// The next request if all of its head has arrived, without waiting.
    ///
    /// - Returns: `nil` when there is something to wait for.
    func headAtHand() -> HeadResult? {
        do {
            if let result = try decodeHead() { return result }
            // What the watcher does not know of arrives as an event: asking the socket would be a call for nothing.
            guard transport.watcher.isReadable else { return nil }
            switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
            case .bytes:
                noteInput()
                return try decodeHead()
            case .end: return .ended
            case .nothingYet: return nil
            }
        } catch let error as HTTPParseError {
            return .refused(error.status, error.message)
        } catch {
            return .ended
        }
    }

    /// Reads up to the end of a request head.
    func readHead() async -> HeadResult {
        // A client that connects has to begin soon; one that has been served may stay idle for longer.
        let isFirst = exchange == nil
        let start = loop.now()
        var headStart = isFirst ? start : nil
        do {
            while true {
                if let result = try decodeHead() { return result }
                let isBetween = input.isEmpty && !decoder.isInsideRequest
                if !isBetween && headStart == nil { headStart = loop.now() }
                let deadline = headStart.map { $0 + context.timeouts.header } ?? start + context.timeouts.idle
                guard try await receiveHead(isBetween, deadline) else { return .ended }
            }
        } catch let error as HTTPParseError {
            return .refused(error.status, error.message)
        } catch SocketError.timedOut where decoder.isInsideRequest || !input.isEmpty {
            return .refused(.requestTimeout, "The request head did not arrive in time.")
        } catch {
            return .ended
        }
    }

    private func decodeHead() throws(HTTPParseError) -> HeadResult? {
        guard !input.isEmpty else { return nil }
        switch try input.decode(with: &decoder) {
        case .head(let head, let framing): return .request(head, framing)
        case .needMore: return nil
        // Content is read through `readContent()`; the decoder is between requests here.
        case .content, .end: return .ended
        }
    }

    /// Waits for bytes of a head.
    ///
    /// - Returns: False when the connection has ended: by the client, or because the server stops and nothing of a
    ///   request has arrived.
    private func receiveHead(_ isBetween: Bool, _ deadline: LoopInstant) async throws(SocketError) -> Bool {
        while true {
            // What the watcher does not know of yet arrives as an event, but a stop does not wait for events.
            if transport.watcher.isReadable || registry.isClosingIdle {
                switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
                case .bytes:
                    noteInput()
                    return true
                case .end: return false
                case .nothingYet: break
                }
            }
            // After the attempt above: a request that had arrived before the stop is still served.
            if isBetween && registry.isClosingIdle { return false }
            if !output.isEmpty { try await flush() }
            isIdle = isBetween
            turn = ConnectionTurn()
            defer { isIdle = false }
            do throws(SocketError) {
                try await transport.watcher.waitReadable(deadline: deadline)
            } catch .cancelled where registry.isClosingIdle && !transport.isClosed {
                continue
            }
        }
    }

    /// Reads the next piece of the present request's content; `nil` at its end.
    ///
    /// - Throws: ``HTTPBodyError``; the connection is closed after the response then.
    func readContent() async throws(HTTPBodyError) -> [UInt8]? {
        guard exchange?.isContentComplete == false else { return nil }
        if input.isEmpty, exchange?.willReadContent() == true {
            ResponseEncoder.appendContinue(to: &output.bytes)
        }
        do {
            let piece = try await readPiece()
            if piece == nil { exchange?.completedContent() }
            return piece
        } catch {
            exchange?.brokeContent()
            switch error {
            case let error as HTTPParseError: throw error == .contentTooLarge ? .tooLarge : .malformed(error)
            case SocketError.timedOut: throw .timedOut
            default: throw .incomplete
            }
        }
    }

    private func readPiece() async throws -> [UInt8]? {
        while true {
            var piece: [UInt8] = []
            let isEnd = try input.takeContent(into: &piece, with: &decoder)
            exchange?.receivedContent(piece.count)
            if isEnd { exchange?.completedContent() }
            if isEnd || !piece.isEmpty { return piece.isEmpty ? nil : piece }
            if !output.isEmpty && !isTransferring { try await flush() }
            switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
            case .bytes(let count):
                contentBudget.transferred(count)
                noteInput()
                if endsTurn(after: count) { await passTurn() }
            case .end: throw HTTPBodyError.incomplete
            case .nothingYet: try await waitForContent()
            }
        }
    }

    private func waitForContent() async throws(SocketError) {
        let start = LoopInstant.now
        turn = ConnectionTurn()
        waitsSince = waitsSince ?? start
        defer { if !isTransferring { waitsSince = nil } }
        try await transport.watcher.waitReadable(deadline: start + contentBudget.remaining)
        contentBudget.waited(start.duration(to: .now))
    }

    /// Reads away content that the handler left, within the limit; the exchange knows whether the end was reached.
    func drainContent() async {
        var bytesLeft = context.limits.drainBytesMax
        // Responses that wait are sent first: a client may send its content only after it has seen the answer.
        while bytesLeft >= 0 {
            guard let piece = try? await readContent() else { break }
            bytesLeft -= Int64(piece.count)
        }
    }
}
