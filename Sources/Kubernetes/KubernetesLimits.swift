/// Every bound of the Kubernetes client, with the reason for its default.
public struct KubernetesLimits: Sendable, Hashable {
    /// Longest call including its retries; a watch is bounded by `watchDuration` instead.
    public var requestDuration: Duration = .seconds(30)
    /// Longest wait for a TCP connection and TLS handshake.
    public var connectDuration: Duration = .seconds(10)
    /// How long an unused connection is kept; servers and balancers in between keep them
    /// for a minute or longer, so the client closes first and does not write into a connection that is closing.
    public var idleConnectionDuration: Duration = .seconds(30)
    /// Connections to one endpoint.
    ///
    /// HTTP/1.1 gives every open watch a connection of its own.
    public var connectionsMax = 32
    /// Largest response body in bytes.
    ///
    /// A page of 500 objects of etcd's largest size would not fit, real ones do.
    public var responseBytesMax = 32 * 1024 * 1024
    /// Largest body of a failed call that is looked at; a `Status` has a few hundred bytes.
    public var statusBytesMax = 64 * 1024

    /// Objects asked for in one page, the number that kubectl asks for.
    public var listPageItems = 500
    /// Most objects in one list over all of its pages.
    public var listItemsMax = 100_000
    /// How often a list starts over because its continue token expired in the middle (410).
    public var listRestartsMax = 3

    /// Attempts of one call, the first included.
    public var attemptsMax = 4
    /// Wait before the second attempt; doubles with each further one.
    public var retryDelayMin: Duration = .milliseconds(100)
    /// Longest wait that the client chooses itself.
    public var retryDelayMax: Duration = .seconds(5)
    /// Longest `Retry-After` that is waited for; beyond it the call fails at once and the caller decides.
    public var retryAfterMax: Duration = .seconds(10)
    /// Retries that all calls of one client may spend before successes earn new ones (ten for each retry), so
    /// that a struggling API server does not get its load multiplied.
    public var retryBudgetMax = 20

    /// How long the server is asked to keep one watch connection; it is then resumed without loss.
    public var watchDuration: Duration = .seconds(290)
    /// Silence after `watchDuration` that shows a dead connection.
    public var watchGraceDuration: Duration = .seconds(30)
    /// How long a watch without events has to last to count as one that works.
    public var watchProofDuration: Duration = .seconds(1)
    /// Largest event of a watch, in bytes.
    public var watchEventBytesMax = 8 * 1024 * 1024
    /// Failures in a row after which a watch gives up and throws.
    public var watchFailuresMax = 8

    /// Largest kubeconfig, in bytes.
    public var kubeConfigBytesMax = 1024 * 1024
    /// Values in one YAML document after aliases are expanded, against documents that multiply themselves.
    public var yamlValuesMax = 100_000
    /// Nesting of one YAML document.
    public var yamlDepthMax = 64
    /// Largest certificate, key or token file, in bytes.
    public var credentialFileBytesMax = 1024 * 1024
    /// How long a token file is trusted before it is read again; kubelets rotate them long before they expire.
    public var tokenFileDuration: Duration = .seconds(60)
    /// Longest run of a credential plugin.
    public var pluginDuration: Duration = .seconds(60)
    /// Largest output of a credential plugin, in bytes, of each stream.
    public var pluginOutputBytesMax = 256 * 1024
    /// How long before its expiry a plugin's credential is replaced.
    public var pluginExpiryLeeway: Duration = .seconds(30)

    /// The limits of production use.
    public static let standard = KubernetesLimits()

    /// Makes the standard limits; change what a caller knows better.
    public init() {}
}
