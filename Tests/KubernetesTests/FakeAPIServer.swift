import Foundation
import JSON
import Kubernetes
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// An HTTP server on loopback that answers as a test says and keeps what it was asked.
struct FakeAPIServer: Sendable {
    let port: Int
    private let isSecure: Bool
    private let log: RequestLog

    /// The address for `KubernetesServer`.
    var address: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }

    /// The requests so far, in order.
    var requests: [Request] { log.requests.withLock { $0 } }

    struct Request: Sendable {
        let method: String
        let path: String
        /// Decoded query items in order.
        let query: [String: String]
        let headers: HTTPHeaders
        let body: String

        func header(_ name: String) -> String? { headers.first(name: name) }

        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    }

    enum Answer: Sendable {
        case json(JSONValue)
        case reply(Int, JSONValue, headers: [String: String] = [:])
        case text(Int, String, headers: [String: String] = [:])
        /// Chunks of a body; then the end, an abrupt close, or silence until the client goes.
        case chunks([String], then: End)
        /// No answer at all.
        case silence
        /// Closes without an answer.
        case close

        enum End: Sendable { case end, abort, silence }
    }

    /// Runs a server around a test.
    ///
    /// `answer` gets the request and its number, from 0.
    @discardableResult
    static func with<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        answer: @escaping @Sendable (Request, Int) -> Answer,
        _ body: (FakeAPIServer) async throws -> Result
    ) async throws -> Result {
        let log = RequestLog()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    log.connections.withLock { $0.append(channel) }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeConnection(log: log, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = try #require(listener.localAddress?.port)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(FakeAPIServer(port: port, isSecure: tls != nil, log: log)))
        } catch {
            outcome = .failure(error)
        }
        try await listener.close()
        for connection in log.connections.withLock({ $0 }) {
            connection.close(promise: nil)
        }
        return try outcome.get()
    }
}

/// One connection of the server: answers on its event loop, request by request.
private final class FakeConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: RequestLog
    private let answer: @Sendable (FakeAPIServer.Request, Int) -> FakeAPIServer.Answer
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(log: RequestLog, answer: @escaping @Sendable (FakeAPIServer.Request, Int) -> FakeAPIServer.Answer) {
        self.log = log
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            // What follows a CONNECT is no HTTP, so nothing says that it is complete.
            if head.method == .CONNECT { respond(context) }
        case .body(var chunk): body.writeBuffer(&chunk)
        case .end: respond(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that breaks off is part of many tests.
        context.close(promise: nil)
    }

    private func respond(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        let request = FakeAPIServer.Request(head, body: body)
        let number = log.requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        switch answer(request, number) {
        case .json(let json): write(200, [:], json.encodedString(), to: context)
        case .reply(let code, let json, let headers):
            let all = headers.merging(["Content-Type": "application/json"]) { first, _ in first }
            write(code, all, json.encodedString(), to: context)
        case .text(let code, let text, let headers): write(code, headers, text, to: context)
        case .chunks(let chunks, let end):
            write(.head(HTTPResponseHead(version: .http1_1, status: .ok)), to: context)
            for chunk in chunks { write(.body(.byteBuffer(ByteBuffer(string: chunk))), to: context) }
            switch end {
            case .end: write(.end(nil), to: context)
            case .abort: context.close(promise: nil)
            case .silence: break
            }
        case .silence: break
        case .close: context.close(promise: nil)
        }
    }

    private func write(_ code: Int, _ headers: [String: String], _ text: String, to context: ChannelHandlerContext) {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: code))
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        head.headers.add(name: "Content-Length", value: "\(text.utf8.count)")
        write(.head(head), to: context)
        write(.body(.byteBuffer(ByteBuffer(string: text))), to: context)
        write(.end(nil), to: context)
    }

    private func write(_ part: HTTPServerResponsePart, to context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(part), promise: nil)
    }
}

/// What connections share.
private final class RequestLog: Sendable {
    let requests = Mutex<[FakeAPIServer.Request]>([])
    let connections = Mutex<[any Channel]>([])
}

extension FakeAPIServer.Request {
    fileprivate init(_ head: HTTPRequestHead, body: ByteBuffer) {
        let parts = head.uri.split(separator: "?", maxSplits: 1).map(String.init)
        var query: [String: String] = [:]
        for item in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let pair = item.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
            query[pair[0]] = pair.count == 2 ? pair[1] : ""
        }
        self.init(
            method: head.method.rawValue,
            path: parts[0],
            query: query,
            headers: head.headers,
            body: String(buffer: body)
        )
    }
}

extension FakeAPIServer {
    /// A client of this server, closed when the test is done.
    ///
    /// Its retries wait a millisecond.
    func withClient<Result>(
        credentials: KubernetesCredentials = .anonymous,
        limits change: (inout KubernetesLimits) -> Void = { _ in },
        _ body: (KubernetesClient) async throws -> Result
    ) async throws -> Result {
        var endpoint = KubernetesEndpoint(server: try KubernetesServer(address))
        endpoint.credentials = credentials
        return try await withKubernetesClient(endpoint, limits: change, body)
    }
}

/// Makes a client and closes it.
func withKubernetesClient<Result>(
    _ endpoint: KubernetesEndpoint,
    limits change: (inout KubernetesLimits) -> Void = { _ in },
    _ body: (KubernetesClient) async throws -> Result
) async throws -> Result {
    var limits = KubernetesLimits.standard
    limits.retryDelayMin = .milliseconds(1)
    limits.retryDelayMax = .milliseconds(4)
    // Far above what a test takes: a busy machine must not make it fail.
    limits.requestDuration = .seconds(60)
    change(&limits)
    let client = try KubernetesClient(endpoint: endpoint, limits: limits, logger: Logger(label: "test"))
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// A `Status` as API servers send it.
func status(_ code: Int, _ reason: String, _ message: String = "", details: JSONValue = [:]) -> JSONValue {
    [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": JSONValue(message),
        "reason": JSONValue(reason), "details": details, "code": JSONValue(code),
    ]
}
