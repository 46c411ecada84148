/// What a vcluster is for; policies and prices may depend on it.
public enum VClusterEnvironment: String, Sendable, Hashable, CaseIterable {
    /// Development: may be suspended and lost.
    case development = "dev"
    /// Tests and staging.
    case test
    /// Production.
    case production = "prod"
}

/// How much of its resources a vcluster can rely on.
public enum VClusterQoSClass: String, Sendable, Hashable, CaseIterable {
    /// Requests equal limits.
    case guaranteed
    /// May use more than it requests when the host has room.
    case burstable
    /// Whatever is left.
    case batch
}
