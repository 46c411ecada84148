import AsyncHTTPClient
import NIOCore

/// One connection of a watch, from its request to its end.
struct WatchConnection {
    private let transport: APITransport
    private let request: APIRequest
    private var body: HTTPClientResponse.Body.AsyncIterator
    private var frames: WatchFrames
    private let startedAt = ContinuousClock.now
    private let proofDuration: Duration
    private var hasEvents = false

    /// Connects and waits for the head of the answer.
    ///
    /// - Throws: `KubernetesError`, `gone` when the version is too old; `CancellationError`.
    init(_ client: KubernetesClient, _ collection: ResourceCollection, from resourceVersion: String) async throws {
        var request = try collection.request(.get, timeout: nil)
        request.operation = "WATCH" + request.operation.dropFirst("GET".count)
        request.query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", "\(client.limits.watchDuration.components.seconds)"),
        ]
        self.request = request
        transport = client.transport
        proofDuration = client.limits.watchProofDuration
        frames = WatchFrames(eventBytesMax: client.limits.watchEventBytesMax)
        body = try await transport.stream(request).makeAsyncIterator()
    }

    /// True when the server took the watch seriously: it sent something, or kept it open for a while.
    var isEstablished: Bool {
        hasEvents || ContinuousClock.now - startedAt > proofDuration
    }

    /// The next line; nil when the server ended the watch.
    ///
    /// - Throws: `KubernetesError` when the connection broke, `CancellationError`.
    mutating func next() async throws -> WatchFrame? {
        do {
            while true {
                if let frame = try frames.next() {
                    if case .event = frame { hasEvents = true }
                    return frame
                }
                guard let chunk = try await body.next() else { return nil }
                frames.append(chunk.readableBytesView)
            }
        } catch {
            throw try transport.classified(error, of: request)
        }
    }
}
