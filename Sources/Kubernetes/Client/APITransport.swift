import AsyncHTTPClient
import Dispatch
import JSON
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Sends requests to one API server: address, TLS, credentials, limits, retries, errors.
final class APITransport: Sendable {
    private let endpoint: KubernetesEndpoint
    private let limits: KubernetesLimits
    private let logger: Logger
    private let http: HTTPClient
    private let credentials: CredentialProvider
    /// Scheme, host and port of URLs; with a TLS server name the host is that name, see `init`.
    private let urlPrefix: String
    private let retries: Mutex<RetryPolicy>
    private let isClosed = Mutex(false)

    /// Makes a transport with connections of its own.
    ///
    /// The HTTP client verifies the host of the URL. For `tls-server-name` the URL therefore names that host, and
    /// the client is told to connect to the real one instead of resolving it.
    ///
    /// The HTTP client takes the process's tracer when it is made. With one, each attempt is a span of the trace that the
    /// calling task works for, and tells the API server so (`traceparent`, W3C Trace Context).
    ///
    /// HTTP/1.1 only: one dead HTTP/2 connection takes all requests and watches with it, and nothing would notice
    /// before their timeouts.
    ///
    /// - Throws: `KubernetesError` of kind `configuration`.
    init(endpoint: KubernetesEndpoint, limits: KubernetesLimits, logger: Logger) throws(KubernetesError) {
        self.endpoint = endpoint
        self.limits = limits
        self.logger = logger
        retries = Mutex(RetryPolicy(limits: limits))
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(
            connect: TimeAmount(limits.connectDuration),
            // Only watches are silent for so long; everything else has its own deadline.
            read: TimeAmount(limits.watchDuration + limits.watchGraceDuration)
        )
        configuration.connectionPool.idleTimeout = TimeAmount(limits.idleConnectionDuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connectionsMax
        // A refused connection is an answer; trying on until the timeout would only delay it.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = endpoint.proxy.map(Self.proxy)
        var prefix = "\(endpoint.server.isSecure ? "https" : "http")://\(endpoint.server.authority)"
        var tls: TLSConfiguration?
        if endpoint.server.isSecure {
            tls = try TLSConfiguration.make(for: endpoint)
            configuration.tlsConfiguration = tls
            if let name = endpoint.tlsServerName?.lowercased(), name != endpoint.server.host {
                guard Self.isDNSName(name) else {
                    throw .configuration("tls-server-name has to be a DNS name")
                }
                prefix = "https://\(name):\(endpoint.server.port)"
                configuration.dnsOverride = [name: endpoint.server.host]
            }
        }
        urlPrefix = prefix + endpoint.server.basePath
        credentials = CredentialProvider(endpoint: endpoint, tls: tls, limits: limits)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // The HTTP client must not go away with open connections. Whoever forgot to close loses nothing but the
        // certainty of when that happens.
        if !isClosed.withLock({ $0 }) {
            http.shutdown { _ in }
        }
    }

    /// Ends all connections; calls after it and calls in flight fail.
    func close() async {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard isFirst else { return }
        do {
            try await http.shutdown()
        } catch {
            logger.debug("kubernetes client closed uncleanly", metadata: ["error": "\(error)"])
        }
    }

    /// Sends a request, retries it within the policy, and collects the answer.
    ///
    /// - Throws: `KubernetesError`, `CancellationError`.
    func send(_ request: APIRequest) async throws -> APIResponse {
        let timeout = request.timeout ?? limits.requestDuration
        let start = ContinuousClock.now
        var attempt = 1
        while true {
            let remaining = timeout - (ContinuousClock.now - start)
            do {
                let response = try await withDeadline(remaining) { try await self.sendAuthenticated(request) }
                retries.withLock { $0.recordSuccess() }
                log(request, start: start, attempt: attempt, outcome: "\(response.statusCode)")
                return response
            } catch {
                let failure = try classified(error, of: request)
                let delay = retries.withLock {
                    $0.delay(
                        after: failure,
                        attempt: attempt,
                        isRead: request.isRead,
                        jitter: Double.random(in: 0...1)
                    )
                }
                guard let delay, delay < timeout - (ContinuousClock.now - start) else {
                    log(request, start: start, attempt: attempt, outcome: failure.kind.rawValue)
                    throw failure
                }
                try await Task.sleep(for: delay)
                attempt += 1
            }
        }
    }

    /// Sends a request and hands out the body as it comes; nothing is retried.
    ///
    /// - Throws: `KubernetesError`, `CancellationError`.
    func stream(_ request: APIRequest) async throws -> HTTPClientResponse.Body {
        do {
            var refused: Int?
            while true {
                let used = try await credentials.current()
                let response = try await withDeadline(request.timeout ?? limits.requestDuration) {
                    try await self.http.execute(self.httpRequest(request, used), deadline: .distantFuture)
                }
                if response.status == .ok { return response.body }
                let error = await failure(of: response)
                guard error.kind == .unauthorized, credentials.isRenewable, refused == nil else { throw error }
                refused = used.generation
                await credentials.invalidate(generation: used.generation)
            }
        } catch {
            throw try classified(error, of: request)
        }
    }

    /// Turns whatever an attempt threw into the error for the caller; rethrows cancellation.
    func classified(_ error: any Error, of request: APIRequest) throws -> KubernetesError {
        if error is CancellationError || (Task.isCancelled && error as? HTTPClientError == .cancelled) {
            throw CancellationError()
        }
        if error is DeadlineExceeded {
            return KubernetesError(transport: HTTPClientError.deadlineExceeded, operation: request.operation)
        }
        return KubernetesError(transport: error, operation: request.operation)
    }

    /// One attempt; a 401 gets a second one with renewed credentials, since the first was not processed.
    private func sendAuthenticated(_ request: APIRequest) async throws -> APIResponse {
        let first = try await credentials.current()
        do {
            return try await attempt(request, with: first)
        } catch let error as KubernetesError where error.kind == .unauthorized && credentials.isRenewable {
            await credentials.invalidate(generation: first.generation)
            return try await attempt(request, with: try await credentials.current())
        }
    }

    private func attempt(_ request: APIRequest, with used: RequestCredentials) async throws -> APIResponse {
        let response = try await http.execute(httpRequest(request, used), deadline: .distantFuture)
        guard (200..<300).contains(response.status.code) else { throw await failure(of: response) }
        let body = try await collect(response, bytesMax: limits.responseBytesMax)
        return APIResponse(statusCode: Int(response.status.code), body: body)
    }

    private func httpRequest(_ request: APIRequest, _ used: RequestCredentials) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: urlPrefix + request.target)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "Host", value: endpoint.server.authority)
        message.headers.add(name: "User-Agent", value: "open-vcluster-portal")
        message.headers.add(name: "Accept", value: "application/json")
        for (name, value) in used.headers {
            message.headers.add(name: name, value: value.reveal())
        }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: request.contentType)
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        message.tlsConfiguration = used.tls
        return message
    }

    private func collect(_ response: HTTPClientResponse, bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        if let length = response.headers.first(name: "Content-Length").flatMap(Int.init) {
            guard length <= bytesMax else { throw Self.tooLarge(bytesMax) }
            bytes.reserveCapacity(length)
        }
        for try await chunk in response.body {
            guard bytes.count + chunk.readableBytes <= bytesMax else { throw Self.tooLarge(bytesMax) }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// Reads why the server refused; a body that cannot be read leaves the code.
    private func failure(of response: HTTPClientResponse) async -> KubernetesError {
        let code = Int(response.status.code)
        let retryAfter = response.headers.first(name: "Retry-After").flatMap(Int64.init).map { Duration.seconds($0) }
        let body = (try? await collect(response, bytesMax: limits.statusBytesMax)) ?? []
        let json = try? JSONValue(parsing: body)
        let status = json.flatMap { KubernetesStatus(json: $0, httpCode: code) }
        return KubernetesError(
            status: status ?? KubernetesStatus(code: code, message: String(decoding: body.prefix(256), as: UTF8.self)),
            operation: nil,
            retryAfter: retryAfter
        )
    }

    private func log(_ request: APIRequest, start: ContinuousClock.Instant, attempt: Int, outcome: String) {
        logger.debug(
            "kubernetes request",
            metadata: [
                "operation": "\(request.operation)", "outcome": "\(outcome)", "attempts": "\(attempt)",
                "milliseconds": "\(Int((ContinuousClock.now - start) / .milliseconds(1)))",
            ]
        )
    }

    private static func tooLarge(_ bytesMax: Int) -> KubernetesError {
        KubernetesError(
            kind: .tooLarge,
            message: "the answer of the Kubernetes API has more than \(bytesMax) bytes"
        )
    }

    private static func proxy(_ proxy: KubernetesProxy) -> HTTPClient.Configuration.Proxy {
        switch proxy.scheme {
        case .http: .server(host: proxy.host, port: proxy.port)
        case .socks5: .socksServer(host: proxy.host, port: proxy.port)
        }
    }

    /// A name that can be sent as server name indication; the TLS library verifies addresses in its own way.
    private static func isDNSName(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count), let last = name.utf8.last, last &- UInt8(ascii: "0") >= 10 else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
