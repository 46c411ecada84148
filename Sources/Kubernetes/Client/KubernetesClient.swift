public import Logging

/// A client of one Kubernetes API server, from version 1.20 on.
///
/// Every call throws `KubernetesError`, or `CancellationError` when its task was cancelled, and ends within its
/// timeout. A client keeps connections: make one per endpoint, share it, and `close()` it in the end.
public final class KubernetesClient: Sendable {
    /// The API server and who the client is there.
    public let endpoint: KubernetesEndpoint
    /// The bounds that the client keeps.
    public let limits: KubernetesLimits

    /// What sends the requests of the extensions.
    let transport: APITransport

    /// Makes a client; nothing is sent before the first call.
    ///
    /// - Parameters:
    ///   - endpoint: From `KubeConfig.resolve(context:)`.
    ///   - limits: The bounds to keep.
    ///   - logger: Gets a line on debug level for each call, without credentials and content.
    /// - Throws: `KubernetesError` of kind `configuration` when certificates or keys cannot be parsed.
    public init(
        endpoint: KubernetesEndpoint,
        limits: KubernetesLimits = .standard,
        logger: Logger
    ) throws(KubernetesError) {
        self.endpoint = endpoint
        self.limits = limits
        self.transport = try APITransport(endpoint: endpoint, limits: limits, logger: logger)
    }

    /// Ends all connections; calls in flight fail and watches throw.
    ///
    /// Closing twice does nothing.
    public func close() async {
        await transport.close()
    }
}
