public import FoundationEssentials
public import JSON

/// What a copy of a vcluster has of its own; the rest is as in the original.
public struct VClusterCopy: Sendable {
    /// The name, as in ``NewVCluster``.
    public var name: String
    /// The tenant that will own it; nil for that of the original.
    public var tenantID: TenantID?
    /// The host; nil for that of the original.
    public var hostID: HostID?
    /// What is merged over the spec of the original (RFC 7396).
    public var spec: JSONValue
    /// Labels in place of those of the original.
    public var labels: [String: String]?
    /// What it is for, if that is something else.
    public var environment: VClusterEnvironment?
    /// How much of its resources it can rely on, if that differs.
    public var qosClass: VClusterQoSClass?
    /// When it deletes itself; nil for never, whatever the original does.
    public var expiresAt: Date?

    /// Makes a wish.
    public init(
        name: String,
        tenantID: TenantID? = nil,
        hostID: HostID? = nil,
        spec: JSONValue = [:],
        labels: [String: String]? = nil,
        environment: VClusterEnvironment? = nil,
        qosClass: VClusterQoSClass? = nil,
        expiresAt: Date? = nil
    ) {
        self.name = name
        self.tenantID = tenantID
        self.hostID = hostID
        self.spec = spec
        self.labels = labels
        self.environment = environment
        self.qosClass = qosClass
        self.expiresAt = expiresAt
    }
}

extension VClusterCopy {
    /// The new vcluster that the copy is.
    func wanted(of original: VCluster) -> NewVCluster {
        var new = NewVCluster(
            tenantID: tenantID ?? original.tenantID,
            hostID: hostID ?? original.hostID,
            name: name,
            spec: original.spec.json.mergePatched(by: spec),
            templateID: original.templateID,
            labels: labels ?? original.labels,
            environment: environment ?? original.environment,
            qosClass: qosClass ?? original.qosClass,
            expiresAt: expiresAt
        )
        new.isSpecWhole = true
        return new
    }
}
