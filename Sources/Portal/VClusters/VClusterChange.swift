public import JSON

/// What a use case that starts a change answers: the vcluster as it is now and the operation that changes it.
public struct VClusterChange: Sendable, Hashable {
    /// The vcluster with its new phase.
    public var vcluster: VCluster
    /// The operation, with its steps.
    public var operation: Operation

    /// Makes an answer.
    public init(vcluster: VCluster, operation: Operation) {
        self.vcluster = vcluster
        self.operation = operation
    }
}

extension VClusterChange: JSONRepresentable {
    /// `{"operation":…,"vcluster":…}`, the body of a 202.
    public var json: JSONValue { ["operation": operation.json, "vcluster": vcluster.json] }
}
