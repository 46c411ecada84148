import Kubernetes
public import Logging
public import Portal

/// Makes the drivers of all kinds of hosts, and keeps one for each host until the host changes.
///
/// A driver holds connections, so that making one for every call would cost a TLS handshake each time. An entry is
/// good for one version of its host: new settings or credentials raise the version and so replace the driver.
public actor PortalHostDrivers: HostDriverFactory {
    private struct Entry {
        let version: Int64
        let driver: any HostDriver
        let client: KubernetesClient?
        var lastUsed: ContinuousClock.Instant
    }

    private let schema: ChartSchema
    private let simulated: SimulatedHosts?
    private let limits: HostLimits
    private let helm: String
    private let slots: HelmSlots
    private let logger: Logger
    private var entries: [HostID: Entry] = [:]

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - schema: The chart's schema that ships with the portal, `Resources/vcluster/values.schema.json`.
    ///   - simulated: What all simulated hosts share; nil refuses simulated hosts.
    ///   - helm: The helm for hosts that name none: a program on PATH, or a path.
    ///   - limits: Bounds of waits and sizes.
    ///   - logger: Takes what nobody needs to read.
    public init(
        schema: ChartSchema,
        simulated: SimulatedHosts?,
        helm: String = "helm",
        limits: HostLimits = HostLimits(),
        logger: Logger
    ) {
        self.schema = schema
        self.simulated = simulated
        self.helm = helm
        self.limits = limits
        slots = HelmSlots(count: limits.helmProcessesMax)
        self.logger = logger
    }

    /// Returns the driver of a host, from the cache when nothing about the host has changed.
    ///
    /// - Parameters:
    ///   - host: The host as stored.
    ///   - credentials: The decrypted kubeconfig; nil for hosts that need none.
    /// - Returns: A driver that is good for as long as the host does not change.
    /// - Throws: `HostError` `.credentialsRejected` when a kubeconfig is missing or cannot be used.
    public func driver(for host: Host, credentials: String?) async throws -> any HostDriver {
        if let entry = entries[host.id], entry.version == host.version {
            entries[host.id]?.lastUsed = .now
            return entry.driver
        }
        let entry = try make(for: host, credentials: credentials)
        let replaced = entries.updateValue(entry, forKey: host.id)
        // Calls in flight of the old driver fail as transient and are repeated with the new one.
        await replaced?.client?.close()
        await evict()
        return entry.driver
    }

    /// Closes the connections of all drivers; for the end of the process and of tests.
    public func close() async {
        let all = entries.values.compactMap(\.client)
        entries.removeAll()
        for client in all { await client.close() }
    }

    private func make(for host: Host, credentials: String?) throws -> Entry {
        switch host.settings {
        case .simulated(let settings):
            guard let simulated else {
                throw HostError(.unknown, "This portal runs without simulated hosts; remove host \(host.name).")
            }
            let driver = simulated.driver(hostID: host.id, hostName: host.name, settings: settings)
            return Entry(version: host.version, driver: driver, client: nil, lastUsed: .now)
        case .helm(let settings):
            guard let credentials else {
                throw HostError(
                    .credentialsRejected,
                    "Host \(host.name) has no kubeconfig yet. Store one and retry."
                )
            }
            let client = try client(for: host, settings: settings, credentials: credentials)
            let driver = HelmDriver(
                hostName: host.name,
                settings: settings,
                credentials: credentials,
                client: client,
                schema: schema,
                probe: NetworkTenantProbe(limits: limits, logger: logger),
                helm: helm,
                slots: slots,
                limits: limits,
                logger: logger
            )
            return Entry(version: host.version, driver: driver, client: client, lastUsed: .now)
        }
    }

    /// A stored kubeconfig comes from a person, so it may name neither files nor programs of this machine.
    private func client(
        for host: Host,
        settings: HelmHostSettings,
        credentials: String
    ) throws -> KubernetesClient {
        var bounds = KubernetesLimits.standard
        bounds.requestDuration = .seconds(settings.requestTimeoutSeconds)
        bounds.kubeConfigBytesMax = limits.kubeconfigBytesMax
        do {
            let config = try KubeConfig(yaml: credentials, trust: .inlineOnly, limits: bounds)
            let endpoint = try config.resolve(context: settings.kubeContext, limits: bounds)
            return try KubernetesClient(endpoint: endpoint, limits: bounds, logger: logger)
        } catch {
            throw HostError(
                .credentialsRejected,
                "The kubeconfig of host \(host.name) cannot be used: \(error.message). Store a corrected one.",
                detail: error.debugDescription
            )
        }
    }

    private func evict() async {
        while entries.count > limits.cachedDriversMax {
            guard let oldest = entries.min(by: { $0.value.lastUsed < $1.value.lastUsed })?.key else { return }
            let entry = entries.removeValue(forKey: oldest)
            await entry?.client?.close()
        }
    }
}
