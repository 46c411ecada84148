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
        switch try decodeInput() {
        case .head(let head, let framing): return .request(head, framing)
        case .needMore: return nil
        // Content is read through `readContent()`; the decoder is between requests here.
        case .content, .end: return .ended
        }
    }

    /// Has the decoder look at the input and consumes what it took; `.content` is a range before the consumption.
    private func decodeInput() throws(HTTPParseError) -> RequestDecoder.Action {
        var consumed = 0
        // The copy is a reference: nothing changes the buffer until it is gone.
        let (bytes, start) = (input.bytes, input.start)
        let action = try decoder.decode(bytes.span.extracting(start...), consumed: &consumed)
        if case .content = action { return action }
        input.consume(consumed)
        return action
    }

    /// Waits for bytes of a head.
    ///
    /// - Returns: False when the connection has ended: by the client, or because the server stops and nothing of a
    ///   request has arrived.
    private func receiveHead(_ isBetween: Bool, _ deadline: ContinuousClock.Instant) async throws(SocketError) -> Bool {
        while true {
            switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
            case .bytes: return true
            case .end: return false
            case .nothingYet: break
            }
            // After the attempt above: a request that had arrived before the stop is still served.
            if isBetween && registry.isDraining { return false }
            if !output.isEmpty { try await flush() }
            isIdle = isBetween
            defer { isIdle = false }
            do throws(SocketError) {
                try await transport.watcher.waitReadable(deadline: deadline)
            } catch .cancelled where registry.isDraining && !transport.isClosed {
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
            switch try decodeInput() {
            case .content(let range):
                let piece = input.copy(range)
                // For chunked content the range begins behind the size line, which is consumed with it.
                input.consume(range.upperBound)
                exchange?.receivedContent(piece.count)
                return piece
            case .end: return nil
            case .head: throw HTTPBodyError.unavailable
            case .needMore: break
            }
            if !output.isEmpty { try await flush() }
            switch try transport.receive(into: &input, bytesMax: context.limits.pipelinedBytesMax) {
            case .bytes(let count): contentBudget.transferred(count)
            case .end: throw HTTPBodyError.incomplete
            case .nothingYet:
                let start = ContinuousClock.now
                try await transport.watcher.waitReadable(deadline: start + contentBudget.remaining)
                contentBudget.waited(start.duration(to: .now))
            }
        }
    }

    /// Reads away content that the handler left, within the limit.
    ///
    /// - Returns: Whether the end was reached and the connection can go on.
    func drainContent() async -> Bool {
        var bytesLeft = context.limits.drainBytesMax
        // Responses that wait are sent first: a client may send its content only after it has seen the answer.
        while bytesLeft >= 0 {
            guard let piece = try? await readContent() else { break }
            bytesLeft -= Int64(piece.count)
        }
        return exchange?.finish() == .readRequest
    }
}
