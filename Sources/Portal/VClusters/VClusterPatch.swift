public import FoundationEssentials
public import JSON

/// A change of a vcluster that is not a verb of its own; nil leaves a part alone.
public struct VClusterPatch: Sendable, Hashable {
    /// A merge patch (RFC 7396) of the spec.
    public var spec: JSONValue?
    /// Labels to set; nil as a value removes one.
    public var labels: [String: String?]?
    /// The new expiry; `.some(nil)` removes it.
    public var expiresAt: Date??
    /// What it is for.
    public var environment: VClusterEnvironment?
    /// How much of its resources it can rely on.
    public var qosClass: VClusterQoSClass?
    /// The `If-Match` header of the request.
    public var ifMatch: String?

    /// Makes a patch; the default changes nothing.
    public init(
        spec: JSONValue? = nil,
        labels: [String: String?]? = nil,
        expiresAt: Date?? = nil,
        environment: VClusterEnvironment? = nil,
        qosClass: VClusterQoSClass? = nil,
        ifMatch: String? = nil
    ) {
        self.spec = spec
        self.labels = labels
        self.expiresAt = expiresAt
        self.environment = environment
        self.qosClass = qosClass
        self.ifMatch = ifMatch
    }
}
