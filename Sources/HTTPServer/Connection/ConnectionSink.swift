import EventLoop
import HTTPCore

/// The writing end of a streamed response: frames the pieces and sends each with one call.
final class ConnectionSink: BodySink, @unchecked Sendable {
    // `@unchecked Sendable`: the writer may travel to any task, but the variables and the connection are touched on the
    // connection's loop only; `write(_:)` moves there first.

    /// Whether the head has been written.
    private(set) var hasStarted = false

    private let loop: EventLoop
    private var connection: HTTPConnection?
    private var response: HTTPResponse
    private var compressor: StreamCompressor?
    private var trailers = HTTPHeaders()
    private let requestID: RequestID
    private var isChunked = false
    private var isWriting = false
    private var turnWaiters: [UnsafeContinuation<Void, Never>] = []
    private var heartbeat: Heartbeat?
    private var silenceTimer: TimerHandle?
    private var hasWrittenSince = false

    private struct Heartbeat {
        var interval: Duration
        var lastWrite: LoopInstant
        var timer: TimerHandle?
        var onFailure: @Sendable () -> Void
    }

    /// A sink for the response that the connection is sending; must be made on its loop.
    init(_ connection: HTTPConnection, _ response: HTTPResponse, _ requestID: RequestID) {
        self.connection = connection
        self.response = response
        self.requestID = requestID
        loop = connection.loop
    }

    /// Sends a piece; an empty one only makes sure that the head is sent, and what a compressor holds back.
    func write(_ bytes: [UInt8]) async throws {
        guard loop.isCurrent else {
            return try await withTaskExecutorPreference(loop) { try await self.writeOnLoop(bytes) }
        }
        try await writeOnLoop(bytes)
    }

    private func writeOnLoop(_ bytes: [UInt8]) async throws {
        await takeTurn()
        defer { passTurn() }
        try Task.checkCancellation()
        // Looked at after the turn: the response may have ended meanwhile.
        guard let connection else { throw HTTPWriteError.ended }
        start(connection)
        hasWrittenSince = true
        heartbeat?.lastWrite = loop.now()
        guard compressor == nil else { return try await writeCompressed(bytes) }
        append(bytes, connection)
        try await flush(connection)
    }

    /// Compresses in bounded steps; what is ready is sent before the next one, so that memory stays bounded too.
    private func writeCompressed(_ bytes: [UInt8]) async throws {
        var position = 0
        repeat {
            // Looked at in each step: the response may have ended while the last one was sent.
            guard let connection, let compressor else { throw HTTPWriteError.ended }
            let end = min(bytes.count, position + HTTPLimits.compressedPieceBytesMax)
            append(compressor.coded(bytes.span.extracting(position..<end)), connection)
            position = end
            try await flush(connection)
            if position < bytes.count { await loop.yield() }
        } while position < bytes.count
    }

    /// Ends the content, after the closure has returned.
    func finish() async throws {
        await takeTurn()
        defer { passTurn() }
        guard let connection else { throw HTTPWriteError.ended }
        start(connection)
        stopHeartbeats()
        if let compressor { append(compressor.end(), connection) }
        if isChunked {
            let trailers = connection.acceptsTrailers ? trailers : [:]
            ResponseEncoder.appendLastChunk(trailers: trailers, to: &connection.output.bytes)
        }
        try await flush(connection)
    }

    /// Keeps the fields that ``finish()`` sends behind the content.
    func setTrailers(_ trailers: HTTPHeaders) async {
        guard loop.isCurrent else {
            return await withTaskExecutorPreference(loop) { await self.setTrailers(trailers) }
        }
        self.trailers = trailers
    }

    /// Cuts the sink off when the exchange is over.
    func invalidate() {
        // The loop may have ended before a handler that ignores its cancellation.
        if loop.isCurrent {
            stopHeartbeats()
            if let silenceTimer { loop.cancel(silenceTimer) }
            compressor?.release()
        }
        compressor = nil
        connection = nil
    }

    private func start(_ connection: HTTPConnection) {
        guard !hasStarted else { return }
        hasStarted = true
        if response.compression == .gzipStream { startCompression(connection) }
        isChunked = connection.startResponse(response, .unknown, requestID).framing == .chunked
    }

    private func startCompression(_ connection: HTTPConnection) {
        let (pool, pause) = (connection.registry.compressors, connection.context.timeouts.compressedPause)
        compressor = StreamCompressor(pool: pool, loop: loop, pause: pause) { [weak self, loop] in
            // Unstructured, and nobody waits for it: it ends with the response, whose own writes report its failure.
            Task(executorPreference: loop) { try? await self?.write([]) }
        }
        if compressor != nil { response.headers.markCoded(.gzip) }
    }

    private func append(_ bytes: [UInt8], _ connection: HTTPConnection) {
        if isChunked {
            ResponseEncoder.appendChunk(bytes, to: &connection.output.bytes)
        } else {
            connection.output.bytes += bytes
        }
    }

    private func flush(_ connection: HTTPConnection) async throws(HTTPWriteError) {
        do {
            try await connection.flush()
        } catch {
            throw error == .timedOut ? .timedOut : .disconnected
        }
    }

    /// Waits until no other task is writing: pieces of two tasks must not mix, and one waits for the socket at a time.
    private func takeTurn() async {
        guard isWriting else {
            isWriting = true
            return
        }
        await withUnsafeContinuation { turnWaiters.append($0) }
    }

    private func passTurn() {
        guard !turnWaiters.isEmpty else {
            isWriting = false
            return
        }
        turnWaiters.removeFirst().resume()
    }
}

// MARK: - Silence
extension ConnectionSink {
    /// Calls a closure after a time in which nothing was written; must be called on the loop.
    func limitSilence(to duration: Duration, onSilence: @escaping () -> Void) {
        hasWrittenSince = false
        silenceTimer = loop.schedule(at: loop.now() + duration) { [weak self] in
            guard let self else { return }
            guard hasWrittenSince || isWriting else { return onSilence() }
            limitSilence(to: duration, onSilence: onSilence)
        }
    }
}

// MARK: - Heart-beats

extension ConnectionSink {
    /// Sends a comment whenever nothing was written for a while; must be called on the loop.
    ///
    /// - Parameters:
    ///   - interval: Longest silence; at least 10 ms.
    ///   - onFailure: Called when the client takes nothing any more.
    func startHeartbeats(every interval: Duration, onFailure: @escaping @Sendable () -> Void) {
        let interval = max(interval, .milliseconds(10))
        heartbeat = Heartbeat(interval: interval, lastWrite: loop.now(), onFailure: onFailure)
        scheduleHeartbeat(at: loop.now() + interval)
    }

    private func stopHeartbeats() {
        if let timer = heartbeat?.timer { loop.cancel(timer) }
        heartbeat = nil
    }

    private func scheduleHeartbeat(at deadline: LoopInstant) {
        heartbeat?.timer = loop.schedule(at: deadline) { [weak self] in self?.beat() }
    }

    private func beat() {
        guard let beat = heartbeat, let connection else { return }
        let next = beat.lastWrite + beat.interval
        // A write that is under way says enough; it has its own deadline.
        guard next <= loop.now(), !isWriting, hasStarted else {
            return scheduleHeartbeat(at: max(next, loop.now() + beat.interval / 2))
        }
        // The comment before this one is still not sent: nobody reads at the other end.
        guard connection.output.isEmpty else { return beat.onFailure() }
        append(ServerSentEvent.heartbeat, connection)
        connection.flushNow()
        heartbeat?.lastWrite = loop.now()
        scheduleHeartbeat(at: loop.now() + beat.interval)
    }
}
