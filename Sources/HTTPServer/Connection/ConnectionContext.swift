import EventLoop
import HTTPCore
import Logging
import Synchronization

/// What all connections of a server share.
final class ConnectionContext: Sendable {
    /// Bounds of sizes and numbers.
    let limits: HTTPLimits
    /// What connections begin with.
    let decoder: RequestDecoder
    /// Bounds of time.
    let timeouts: HTTPTimeouts
    /// `timeouts.idle`, which is asked for at each request.
    let idlePatience: LoopDuration
    /// Whose word about the client behind them counts.
    let trustedProxies: TrustedProxies
    /// The fields in which they give it.
    let forwardedFields: ForwardedOrigin.Fields
    /// Value of `Server`.
    let serverName: String
    /// For failures of handlers and of the server itself.
    let logger: Logger
    /// Number of loops that the limits of the server are shared by.
    let loopCount: Int
    /// Requests that are served under overload too.
    let servesUnderOverload: @Sendable (HTTPRequestHead) -> Bool
    /// Memory of the buffers of all connections.
    let buffers: BufferBudget
    /// Requests that were answered 503 because of overload.
    let refusedRequests = Atomic<Int>(0)
    /// What is counted of refused input.
    let statistics: HTTPServerStatistics
    /// Connections that are open, refused ones not counted.
    let connections = Atomic<Int>(0)
    /// Clients that are being told that they have too many connections.
    let refusals = Atomic<Int>(0)
    /// Connections by client address.
    let clients: ClientTable

    /// The context of a server.
    init(configuration: HTTPServerConfiguration, loopCount: Int, logger: Logger) {
        self.loopCount = loopCount
        servesUnderOverload = configuration.servesUnderOverload
        limits = configuration.limits.clamped
        decoder = RequestDecoder(limits: limits)
        buffers = BufferBudget(bytesMax: limits.bufferBytesMax)
        timeouts = configuration.timeouts
        idlePatience = LoopDuration(timeouts.idle)
        trustedProxies = configuration.trustedProxies
        forwardedFields = configuration.forwardedFields
        clients = ClientTable(limits: limits)
        serverName = configuration.serverName
        self.logger = logger
        statistics = configuration.statistics
    }

    /// The response to a request whose handler threw.
    func response(to error: any Error, requestID: RequestID) -> HTTPResponse {
        if let error = error as? HTTPBodyError, error.status != .internalServerError {
            logger.debug(
                "request content could not be read",
                metadata: ["requestId": "\(requestID)", "error": "\(error)"]
            )
            var response = Self.plain(error.status, "The content of the request could not be read.")
            if error == .overloaded { response.headers.set("Retry-After", String(limits.retryAfterSeconds)) }
            return response
        }
        logger.error(
            "handler failed",
            metadata: ["requestId": "\(requestID)", "error": "\(String(reflecting: error))"]
        )
        return Self.plain(.internalServerError, "The server could not answer the request. Request id: \(requestID)")
    }

    /// A short text about a status.
    static func plain(_ status: HTTPStatus, _ message: String) -> HTTPResponse {
        .text("\(status)\n\n\(message)\n", status: status)
    }
}
