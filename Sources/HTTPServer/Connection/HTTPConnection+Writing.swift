import EventLoop
import Glibc
import HTTPCore

extension HTTPConnection {
    /// Sends a small response without waiting; it may stay in `output` while more pipelined requests wait.
    ///
    /// - Returns: False when nothing was done, since it takes more than that: ``send(_:requestID:)`` has to.
    /// - Throws: ``SocketError``.
    func sendAtOnce(_ response: HTTPResponse, requestID: RequestID) throws(SocketError) -> Bool {
        // What the socket did not take before comes first, and may have to wait for room.
        guard output.isEmpty || isFlushQueued else { return false }
        switch response.body {
        case .empty:
            startResponse(response, .bytes(0), requestID)
        case .bytes(let bytes):
            guard bytes.count <= context.limits.coalescedBytesMax else { return false }
            let plan = startResponse(response, .bytes(Int64(bytes.count)), requestID)
            if plan.sendsContent { output.bytes += bytes }
        case .file, .parts, .stream, .events:
            return false
        }
        if isFlushWanted { _ = try sendOutput() }
        return true
    }

    /// Sends a response.
    ///
    /// - Throws: ``SocketError``, ``HTTPWriteError`` or what a stream threw: the response is incomplete then.
    func send(_ response: HTTPResponse, requestID: RequestID) async throws {
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
        case .parts(let parts):
            let plan = startResponse(response, .bytes(parts.reduce(0) { $0 + $1.count }), requestID)
            if plan.sendsContent { try await sendParts(parts) }
        case .stream, .events:
            return try await sendStream(response, requestID)
        }
        try await flush()
    }

    /// Decides how a response is framed and writes its head.
    @discardableResult
    func startResponse(_ response: HTTPResponse, _ size: Exchange.Size, _ requestID: RequestID) -> Exchange.ResponsePlan
    {
        if registry.isDraining { exchange?.closeAfterwards() }
        let closes = response.headers["Connection"].map { $0.lowercased() == "close" } ?? false
        let plan = exchange?.startResponse(response.status, size, handlerCloses: closes) ?? .closing
        let options = ResponseEncoder.Options(
            framing: plan.framing,
            connection: plan.connection,
            commonLines: registry.commonLines(),
            requestID: requestID
        )
        ResponseEncoder.appendHead(response.status, response.headers, options, to: &output.bytes)
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
        let transport = transport
        return try output.send { (bytes) throws(SocketError) in
            try transport.send(bytes, isMoreComing: isMoreComing)
        }
    }

    /// Whether `output` is to be sent now, and not, while pipelined requests are there already, together with the
    /// responses to them.
    ///
    /// The wait is bounded by the present job: if a later handler suspends, what has been written is sent.
    private var isFlushWanted: Bool {
        let isMoreComing = !input.isEmpty && exchange?.finish() == .readRequest
        guard isMoreComing, output.count < context.limits.outputBytesMax else { return true }
        guard !isFlushQueued else { return false }
        isFlushQueued = true
        loop.executeSoon {
            self.isFlushQueued = false
            self.flushNow()
        }
        return false
    }

    /// Sends `output` and then content that is too large to be copied.
    private func sendLarge(_ content: [UInt8]) async throws(SocketError) {
        var position = 0
        try await transfer(pendingBytes: content.count, while: { position < content.count }) {
            () throws(SocketError) -> Int? in
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

    /// Sends `output` and then pieces of memory and files; small ones may stay in `output`.
    private func sendParts(_ parts: [HTTPResponseBody.Part]) async throws(SocketError) {
        for part in parts {
            switch part {
            case .bytes(let bytes) where bytes.count <= context.limits.coalescedBytesMax:
                output.bytes += bytes
                if output.count >= context.limits.outputBytesMax { try await flush() }
            case .bytes(let bytes):
                try await sendLarge(bytes)
            case .file(let file):
                try await sendFile(file)
            }
        }
    }

    /// Repeats a sending step, waiting for room in between.
    ///
    /// - Parameters:
    ///   - pendingBytes: Content beside `output` that is held in memory until it is sent.
    ///   - isUnfinished: Whether there is something left to send.
    ///   - step: Sends some; `nil` when there is no room.
    /// - Throws: What the step threw; ``SocketError/timedOut`` when the budget is used up.
    private func transfer(
        pendingBytes: Int = 0,
        while isUnfinished: () -> Bool,
        _ step: () throws(SocketError) -> Int?
    ) async throws(SocketError) {
        var budget = TransferBudget(
            capacity: context.timeouts.write,
            bytesPerSecond: context.timeouts.bytesPerSecondMin
        )
        isTransferring = true
        defer { isTransferring = false }
        while isUnfinished() {
            if let sent = try step() {
                if endsTurn(after: sent) { await passTurn() }
            } else {
                settleBuffers(pending: pendingBytes)
                try await waitForRoom(&budget)
            }
        }
        if share.bytes != 0 { settleBuffers() }
    }

    /// Waits until the kernel has room again, and counts what the client took meanwhile.
    ///
    /// The kernel speaks up only when a good part of its buffer is free. A client that takes too little for that, but
    /// not too little for the bound, is told apart by what it has acknowledged.
    private func waitForRoom(_ budget: inout TransferBudget) async throws(SocketError) {
        let unsent = transport.unsentBytes
        let start = LoopInstant.now
        turn = ConnectionTurn()
        waitsSince = start
        defer { waitsSince = nil }
        var isLate = false
        do throws(SocketError) {
            try await transport.watcher.waitWritable(deadline: start + budget.remaining)
        } catch .timedOut {
            isLate = true
        }
        budget.waited(start.duration(to: .now))
        budget.transferred(max(0, unsent - transport.unsentBytes))
        if isLate && budget.remaining <= .milliseconds(1) { throw .timedOut }
    }
}
