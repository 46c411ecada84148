import EventLoop
import HTTPCore
import Logging

/// One connection: reads requests, has them handled one after the other, writes the responses.
///
/// Confined to its loop and served by one task that runs there. Framing and persistence are decided by the value types
/// of HTTPCore; this class does their input and output.
final class HTTPConnection {
    /// The loop of the connection.
    let loop: EventLoop
    /// The socket.
    let transport: ConnectionTransport
    /// What all connections share.
    let context: ConnectionContext
    /// The connections of this loop.
    let registry: ConnectionRegistry
    /// Lets its requests in, or tells them to come back later.
    let gate: OverloadGate
    /// Where it was accepted.
    let listener: BoundListener
    /// What its requests say about where they come from.
    var info: HTTPConnectionInfo

    /// Whether a trusted proxy passes on the requests, and tells of the client in their fields.
    var isBehindProxy = false
    /// What the connection is counted under in ``ConnectionContext/clients``; `nil` when it is not counted.
    var clientGroup: IPAddress?

    // The next four are not checked for overlapping access at run time, which would be a twentieth of a small request:
    // the connection's task touches them, one call at a time, and lends them to value types that know nothing of it.

    /// Received and not consumed.
    @exclusivity(unchecked) var input = InputBuffer()
    /// Written and not sent.
    @exclusivity(unchecked) var output = OutputBuffer()
    /// Reads requests from `input`.
    @exclusivity(unchecked) var decoder: RequestDecoder
    /// The request that is being served; the last one between requests.
    @exclusivity(unchecked) var exchange: Exchange?
    /// Whether a flush is queued behind the job that is running.
    var isFlushQueued = false
    /// Whether the connection waits for a request and has received nothing of it.
    @exclusivity(unchecked) var isIdle = false
    /// The event stream that is being sent; the registry ends it when the server stops.
    var eventTask: Task<Void, any Error>?

    /// Whether the client of the stream that is being sent takes trailer fields.
    var acceptsTrailers = false

    /// How long the client may still keep its present content waiting.
    var contentBudget: TransferBudget

    /// What has been done since the other connections had their turn.
    @exclusivity(unchecked) var turn = ConnectionTurn()
    /// What is held of the memory for buffers.
    @exclusivity(unchecked) var share = BufferShare()
    /// Content of the present request that its handler keeps in memory.
    var collectedBytes = 0
    /// Since when the client keeps content waiting that is being received or sent; `nil` while it does not.
    var waitsSince: LoopInstant?
    /// Whether a task is sending; one that reads content leaves the sending to it.
    var isTransferring = false

    /// Whether the client may send requests: it is who it has to be, and keys have been agreed on.
    private var isOpen = false
    /// When the connection is closed if nothing arrives, while it waits without a task; see ``park()``.
    var parkedUntil: LoopInstant?
    /// When it is closed if there is no request until then; `nil` before the first wait after a request.
    @exclusivity(unchecked) var idleDeadline: LoopInstant?

    private var requestCount = 0

    /// A connection on an accepted socket; must be made on the loop.
    init(
        transport: ConnectionTransport,
        context: ConnectionContext,
        registry: ConnectionRegistry,
        listener: BoundListener,
        peer: SocketAddress
    ) {
        loop = transport.loop
        self.transport = transport
        self.context = context
        self.registry = registry
        gate = registry.gate
        self.listener = listener
        info = HTTPConnectionInfo(peer: peer)
        decoder = context.decoder
        contentBudget = Self.fullBudget(context)
    }

    private static func fullBudget(_ context: ConnectionContext) -> TransferBudget {
        TransferBudget(capacity: context.timeouts.body, bytesPerSecond: context.timeouts.bytesPerSecondMin)
    }

    /// Tells the client that the server has too many connections.
    func refuseForOverload() async {
        // A client of TLS can only read it after a handshake, whose time is bounded like the number of refusals.
        guard await secure(within: context.timeouts.linger) else { return transport.close() }
        await refuse(.serviceUnavailable, "The server has too many connections. Try again in a second.")
        await linger()
        transport.close()
    }

    /// Serves requests until the connection ends, and returns with the socket closed; or until it has nothing to do and
    /// its memory is wanted, and returns with ``parkedUntil`` set, to be called again when something arrives.
    func run() async {
        if !isOpen {
            guard await open() else { return transport.close() }
            isOpen = true
        }
        var isOverdue = unpark()
        var needsLinger = false
        serving: while true {
            let next: HeadResult
            if let head = headAtHand() {
                next = head
            } else if isOverdue {
                next = .ended
            } else if beginIdling() {
                if park() { return }
                isOverdue = await !transport.watcher.waitReadablePatiently()
                isIdle = false
                continue
            } else {
                next = await readHead()
            }
            switch next {
            case .request(let head, let framing):
                await serve(head, framing)
                if exchange?.finish() == .drain { await drainContent() }
                if endsTurnAfterRequest() { await endTurn() }
                guard exchange?.finish() == .readRequest else {
                    // Unread bytes in the socket would turn the close into a reset, which can destroy the response.
                    needsLinger = !input.isEmpty || exchange?.isContentComplete == false
                    break serving
                }
            case .refused(let status, let message):
                await refuse(status, message)
                needsLinger = true
                break serving
            case .ended:
                // The client may only have closed its sending side, with a response still on its way.
                try? await flush()
                break serving
            }
        }
        // While the server stops, a request may be on its way that this end has not seen.
        if needsLinger || (registry.isDraining && !transport.isClosed) { await linger() }
        await awaitDelivery()
        transport.close()
        releaseBuffers()
    }

    /// Serves one request; the exchange says what comes next.
    private func serve(_ head: consuming HTTPRequestHead, _ framing: BodyFraming) async {
        requestCount += 1
        idleDeadline = nil
        let isLast = requestCount >= context.limits.requestsPerConnectionMax || registry.isDraining
        exchange = Exchange(head, framing, isLast: isLast, limits: context.limits)
        if framing != .none { contentBudget = Self.fullBudget(context) }
        let id = RequestID(head.headers["X-Request-Id"])
        let reader = makeReader(framing)
        defer { reader?.invalidate() }
        let body = reader.map { HTTPRequestBody($0) } ?? HTTPRequestBody()
        let connection = isBehindProxy ? origin(of: head) : info
        let request = HTTPRequest(head: head, body: body, connection: connection, requestID: id)
        var response: HTTPResponse
        if gate.enter(request.head) {
            do {
                response = try await listener.handler(request)
            } catch {
                response = context.response(to: error, requestID: id)
            }
            gate.leave()
        } else {
            response = gate.refusal()
        }
        if CompressionPolicy.concerns(response, context.limits), !transport.isClosed {
            response = await negotiated(response, for: request.head)
        }
        // Cut off meanwhile: the loop may have ended, and nothing here may touch it any more.
        guard !transport.isClosed else {
            exchange?.closeAfterwards()
            return
        }
        do {
            if try !sendAtOnce(response, requestID: id) {
                try await send(response, requestID: id)
            } else if !output.isEmpty && !isFlushQueued {
                try await flush()
            }
        } catch {
            context.logger.debug(
                "response was not sent",
                metadata: ["requestId": "\(id)", "error": "\(error)", "client": "\(info.client.host)"]
            )
            exchange?.brokeContent()
            transport.abort()
        }
        if reader?.isReading == true { abandonContent() }
    }

    /// The handler has left a task behind that still reads: it must not take part in what comes now.
    private func abandonContent() {
        exchange?.brokeContent()
        transport.watcher.interrupt()
    }

    private func makeReader(_ framing: BodyFraming) -> ContentReader? {
        switch framing {
        case .none: nil
        case .length(let count): ContentReader(self, length: count)
        case .chunked: ContentReader(self, length: nil)
        }
    }

    /// Answers what is not a request, or came too late.
    func refuse(_ status: HTTPStatus, _ message: String) async {
        let id = RequestID(nil)
        context.statistics.refuse(HTTPRefusal(status))
        context.logger.debug(
            "request refused",
            metadata: ["requestId": "\(id)", "status": "\(status.code)", "client": "\(info.client.host)"]
        )
        let head = HTTPRequestHead(method: .get, target: .root)
        exchange = Exchange(head, .none, isLast: true, limits: context.limits)
        var response = ConnectionContext.plain(status, message)
        if status == .serviceUnavailable {
            response.headers.set("Retry-After", String(context.limits.retryAfterSeconds))
        }
        try? await send(response, requestID: id)
    }

    /// Closes in two steps (RFC 9112 section 9.6): says that nothing more comes, then reads until the client has
    /// closed as well, within bounds of time and bytes.
    func linger() async {
        transport.finishSending()
        let deadline = loop.now() + context.timeouts.linger
        var bytesLeft = context.limits.lingerBytesMax
        do {
            while bytesLeft > 0, loop.now() < deadline {
                switch try transport.discard() {
                case .bytes(let count):
                    bytesLeft -= count
                    if endsTurn(after: count) { await passTurn() }
                case .nothingYet: try await transport.watcher.waitReadable(deadline: deadline)
                case .end: return
                }
            }
        } catch {
            // The client reset the connection, or took too long: either way it is closed now.
        }
    }
}
