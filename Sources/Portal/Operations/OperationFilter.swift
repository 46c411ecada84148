/// Which operations a list shows; everything given has to hold.
public struct OperationFilter: Sendable, Hashable {
    /// Only those of this tenant and the tenants below it.
    public var tenantID: TenantID?
    /// Only those of this vcluster.
    public var vclusterID: VClusterID?
    /// Only those in one of these states; empty means any.
    public var states: [OperationState]
    /// Only those with this verb.
    public var verb: OperationVerb?

    /// Makes a filter; the default shows everything.
    public init(
        tenantID: TenantID? = nil,
        vclusterID: VClusterID? = nil,
        states: [OperationState] = [],
        verb: OperationVerb? = nil
    ) {
        self.tenantID = tenantID
        self.vclusterID = vclusterID
        self.states = states
        self.verb = verb
    }
}
