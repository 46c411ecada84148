import EventLoop
import Glibc
import HTTPCore

extension HTTPConnection {
    /// Sends a response; small ones may stay in `output` while more pipelined requests wait.
    ///
    /// - Throws: ``SocketError``, ``HTTPWriteError`` or what a stream threw: the response is incomplete then.
    func send(_ response: HTTPResponse, requestID: String) async throws {
        switch response.body {
        case .empty:
            startResponse(response, .bytes(0), requestID)
        case .bytes(let bytes):
            let plan = startResponse(response, .bytes(Int64(bytes.count)), requestID)
            if plan.sendsContent {
                guard bytes.count <= context.limits.coalescedBytesMax else { return try await sendLarge(bytes) }
                output.bytes += bytes
            }
        case .file(let file):
            let plan = startResponse(response, .bytes(file.count), requestID)
            if plan.sendsContent { return try await sendFile(file) }
        case .stream, .events:
            return try await sendStream(response, requestID)
        }
        try await flushUnlessPipelined()
    }

    /// Decides how a response is framed and writes its head.
    @discardableResult
    func startResponse(_ response: HTTPResponse, _ size: Exchange.Size, _ requestID: String) -> Exchange.ResponsePlan {
        if registry.isDraining { exchange?.closeAfterwards() }
        let closes = response.headers["Connection"].map { $0.lowercased() == "close" } ?? false
        let plan = exchange?.startResponse(response.status, size, handlerCloses: closes) ?? .closing
        var headers = response.headers
        headers.setDefault("X-Request-Id", requestID)
        let options = ResponseEncoder.Options(
            framing: plan.framing,
            connection: plan.connection,
            date: registry.date(),
            server: context.serverName
        )
        ResponseEncoder.appendHead(response.status, headers, options, to: &output.bytes)
        return plan
    }

    /// Sends everything in `output`.
    ///
    /// - Throws: ``SocketError``; `timedOut` when the client takes too little for too long.
    func flush() async throws(SocketError) {
        try await transfer(while: { !output.isEmpty }) { () throws(SocketError) -> Int? in
            try sendOutput()
        }
    }

    /// Sends as much of `output` as the socket takes now; an error shows at the next flush.
    func flushNow() {
        guard !output.isEmpty, !transport.isClosed else { return }
        _ = try? sendOutput()
    }

    /// Sends some of `output`.
    ///
    /// - Returns: Bytes taken; `nil` when there is no room.
    private func sendOutput(isMoreComing: Bool = false) throws(SocketError) -> Int? {
        let (bytes, start) = (output.bytes, output.start)
        let sent = try transport.send(bytes.span.extracting(start...), isMoreComing: isMoreComing)
        if let sent { output.consume(sent) }
        return sent
    }

    /// Sends now, or, while pipelined requests are there already, together with their responses.
    ///
    /// The wait is bounded by the present job: if a later handler suspends, what has been written is sent.
    private func flushUnlessPipelined() async throws(SocketError) {
        let isMoreComing = !input.isEmpty && exchange?.finish() == .readRequest
        guard isMoreComing, output.count < context.limits.outputBytesMax else { return try await flush() }
        guard !isFlushQueued else { return }
        isFlushQueued = true
        loop.executeSoon {
            self.isFlushQueued = false
            self.flushNow()
        }
    }

    /// Sends `output` and then content that is too large to be copied.
    private func sendLarge(_ content: [UInt8]) async throws(SocketError) {
        var position = 0
        try await transfer(while: { position < content.count }) { () throws(SocketError) -> Int? in
            let rest = content.span.extracting(position...)
            guard !output.isEmpty else {
                let sent = try transport.send(rest)
                position += sent ?? 0
                return sent
            }
            let (head, start) = (output.bytes, output.start)
            guard let sent = try transport.send(head.span.extracting(start...), rest) else { return nil }
            let ofHead = min(sent, output.count)
            output.consume(ofHead)
            position += sent - ofHead
            return sent
        }
    }

    /// Sends `output` and then a part of a file.
    private func sendFile(_ file: FileBody) async throws(SocketError) {
        var position: Int64 = 0
        try await transfer(while: { position < file.count }) { () throws(SocketError) -> Int? in
            guard output.isEmpty else { return try sendOutput(isMoreComing: true) }
            let offset = file.offset + position
            let sent = try transport.sendFile(file.descriptor, offset: offset, count: file.count - position)
            // The file was cut after its length had been announced: only closing tells the client.
            if sent == 0 { throw .failed(call: "sendfile", code: EIO) }
            position += Int64(sent ?? 0)
            return sent
        }
    }

    /// Repeats a sending step, waiting for room in between.
    ///
    /// - Parameters:
    ///   - isUnfinished: Whether there is something left to send.
    ///   - step: Sends some; `nil` when there is no room.
    /// - Throws: What the step threw; ``SocketError/timedOut`` when the budget is used up.
    private func transfer(
        while isUnfinished: () -> Bool,
        _ step: () throws(SocketError) -> Int?
    ) async throws(SocketError) {
        var budget = TransferBudget(
            capacity: context.timeouts.write,
            bytesPerSecond: context.timeouts.bytesPerSecondMin
        )
        while isUnfinished() {
            if let sent = try step() {
                budget.transferred(sent)
                continue
            }
            let start = ContinuousClock.now
            try await transport.watcher.waitWritable(deadline: start + budget.remaining)
            budget.waited(start.duration(to: .now))
        }
    }
}
