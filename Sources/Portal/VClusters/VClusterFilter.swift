/// Which vclusters a list shows; everything given has to hold.
public struct VClusterFilter: Sendable, Hashable {
    /// Only those of this tenant and the tenants below it.
    public var tenantID: TenantID?
    /// Only those in one of these phases; empty means any.
    public var phases: [VClusterPhase]
    /// Only those on this host.
    public var hostID: HostID?
    /// Only those with all of these labels.
    public var labels: [String: String]
    /// Only those for this purpose.
    public var environment: VClusterEnvironment?
    /// Only those whose name contains this text, without regard to case.
    public var query: String?

    /// Makes a filter; the default shows everything.
    public init(
        tenantID: TenantID? = nil,
        phases: [VClusterPhase] = [],
        hostID: HostID? = nil,
        labels: [String: String] = [:],
        environment: VClusterEnvironment? = nil,
        query: String? = nil
    ) {
        self.tenantID = tenantID
        self.phases = phases
        self.hostID = hostID
        self.labels = labels
        self.environment = environment
        self.query = query
    }
}
