import FoundationEssentials
import JSON

extension VClusterService {
    /// Makes another vcluster like one that the caller sees: its settings, not its data.
    ///
    /// The copy is a new vcluster in everything: it has to be allowed, and admitted by the quotas, where it will live.
    ///
    /// - Returns: The copy in `PENDING` and its operation.
    /// - Throws: As `create`, and `.invalidArgument` for an ingress whose DNS name is still that of the original.
    @discardableResult
    public func clone(_ id: VClusterID, _ copy: VClusterCopy, as caller: Caller) async throws -> VClusterChange {
        let original = try await get(id, as: caller)
        let wanted = copy.wanted(of: original)
        // Two ingresses with one name would take each other's visitors. Other mistakes are found by `create`.
        if let spec = try? VClusterSpec(validating: wanted.spec), let name = spec.exposure.ingress?.host,
            name == original.spec.exposure.ingress?.host
        {
            throw PortalError.invalid(
                Self.ingressField,
                FieldErrorCode.conflict,
                "belongs to \(original.name). Give the copy a DNS name of its own"
            )
        }
        return try await create(wanted, as: caller)
    }

    private static let ingressField = "spec.exposure.ingress.host"
}
