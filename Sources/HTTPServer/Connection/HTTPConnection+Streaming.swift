import EventLoop
import HTTPCore
import Logging

extension HTTPConnection {
    /// Sends a response whose content is written by a closure.
    ///
    /// The closure runs in a task of its own on this loop, so that it can be cancelled while the connection stays: when
    /// the client goes away, and for events when the server stops.
    ///
    /// - Throws: What ended the closure, if the response is incomplete because of it.
    func sendStream(_ response: HTTPResponse, _ requestID: RequestID) async throws {
        guard exchange?.sendsContent(response.status) == true else {
            var response = response
            if response.compression == .gzipStream { response.headers.markCoded(.gzip) }
            startResponse(response, .unknown, requestID)
            return try await flush()
        }
        let sink = ConnectionSink(self, response, requestID)
        defer { sink.invalidate() }
        // Unstructured, but owned by this function, which awaits it in any case.
        let body = response.body
        let task = Task(executorPreference: loop) { try await HTTPConnection.run(body, sink) }
        let watcher = transport.watcher
        watchClient(of: task, response.body, sink)
        if registry.isCut { task.cancel() }
        if case .events(let stream) = response.body {
            eventTask = task
            if registry.isDraining { task.cancel() }
            sink.startHeartbeats(every: stream.heartbeat) { task.cancel() }
        }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        eventTask = nil
        watcher.onPeerClosed = nil
        try await finishStream(sink, result, response, requestID)
    }

    /// Cancels a stream whose client is gone.
    ///
    /// A client that closed its sending side only may be half-closed and still read: it gets the whole response. Events
    /// have no end that it could wait for, and a client that wants more of them does not half-close.
    private func watchClient(of task: Task<Void, any Error>, _ body: HTTPResponseBody, _ sink: ConnectionSink) {
        let (watcher, timeouts) = (transport.watcher, context.timeouts)
        var isEvents = false
        if case .events = body { isEvents = true }
        let look = { [isEvents] in
            guard watcher.isPeerClosed else { return }
            guard watcher.isBroken || isEvents else {
                return sink.limitSilence(to: timeouts.halfClosed) { task.cancel() }
            }
            task.cancel()
        }
        watcher.onPeerClosed = look
        look()
    }

    private static func run(_ body: HTTPResponseBody, _ sink: ConnectionSink) async throws {
        switch body {
        case .stream(let body):
            try await body(HTTPBodyWriter(sink))
        case .events(let stream):
            // The head goes out at once: the client is connected, even if the first event is far away.
            try await sink.write([])
            try await stream.body(EventWriter(HTTPBodyWriter(sink)))
        case .empty, .bytes, .file, .parts:
            break
        }
    }

    private func finishStream(
        _ sink: ConnectionSink,
        _ result: Result<Void, any Error>,
        _ response: HTTPResponse,
        _ requestID: RequestID
    ) async throws {
        if case .failure(let error) = result, !isOrderlyEnd(response.body) {
            let isClientGone = transport.watcher.isBroken || error is HTTPWriteError || error is CancellationError
            // Nothing was sent, and somebody is there: the failure can still be told.
            guard !sink.hasStarted, !isClientGone else {
                if !isClientGone {
                    context.logger.error(
                        "response stream failed",
                        metadata: ["requestId": "\(requestID)", "error": "\(String(reflecting: error))"]
                    )
                }
                throw error
            }
            return try await send(context.response(to: error, requestID: requestID), requestID: requestID)
        }
        try await sink.finish()
    }

    /// Whether a stream that ended with an error is complete all the same: events have no end of their own, and the
    /// client reconnects after a stop.
    private func isOrderlyEnd(_ body: HTTPResponseBody) -> Bool {
        guard case .events = body else { return false }
        return registry.isDraining && !transport.watcher.isPeerClosed && !transport.isClosed
    }
}
