/// The way from the id of a host to its driver.
///
/// A value, so that the engine needs no store of hosts and its tests no encryption.
public struct HostConnections: Sendable {
    /// Reads a host; throws `PortalError` `.notFound`.
    let lookup: @Sendable (HostID) async throws -> Host
    /// Reads the decrypted kubeconfig of a host; nil for hosts that need none.
    let credentials: @Sendable (HostID) async throws -> String?
    let factory: any HostDriverFactory
    /// Reads where a host keeps archives of snapshots, credentials included; throws `PortalError` `.notFound`.
    let snapshotStorage: @Sendable (HostID) async throws -> SnapshotStorage

    /// Makes connections over a store of hosts and a factory of drivers.
    public init(
        factory: any HostDriverFactory,
        lookup: @escaping @Sendable (HostID) async throws -> Host,
        credentials: @escaping @Sendable (HostID) async throws -> String?,
        snapshotStorage: @escaping @Sendable (HostID) async throws -> SnapshotStorage = { _ in .ownVolume }
    ) {
        self.factory = factory
        self.lookup = lookup
        self.credentials = credentials
        self.snapshotStorage = snapshotStorage
    }

    /// Reads a host.
    ///
    /// - Throws: `PortalError` `.notFound`.
    func host(_ id: HostID) async throws -> Host {
        try await lookup(id)
    }

    /// Returns the driver of a host.
    ///
    /// - Throws: `HostError` when settings or credentials cannot be used.
    func driver(_ host: Host) async throws -> any HostDriver {
        let credentials = host.hasCredentials ? try await credentials(host.id) : nil
        return try await factory.driver(for: host, credentials: credentials)
    }

    /// Reads a host and returns its driver.
    ///
    /// - Throws: `HostError` `.notFound` when the host is gone, and as `driver(_:)`.
    func driver(of id: HostID) async throws -> any HostDriver {
        let host: Host
        do {
            host = try await lookup(id)
        } catch let error as PortalError where error.code == .notFound {
            throw HostError(.notFound, "The host of this vcluster is not known to the portal any more.")
        }
        return try await driver(host)
    }
}
