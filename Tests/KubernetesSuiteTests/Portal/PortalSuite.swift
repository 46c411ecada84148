import Testing

/// The whole product on a real cluster, driven by REST and checked by kubectl; skipped without a cluster.
///
/// Serialized, because control planes are heavy.
@Suite(.serialized, .enabled(if: SuiteCluster.isAvailable))
struct PortalSuite {}
