import Kubernetes
public import Portal

extension HelmDriver {
    /// Writes a ResourceQuota into every namespace inside of the vcluster that an entry fits, by the vcluster's own API.
    ///
    /// By server-side apply with the portal as the field manager, so what others add to the object stays theirs.
    ///
    /// - Returns: How many quotas were written or removed.
    /// - Throws: `HostError` `.hostUnreachable` (transient) while the API inside does not answer.
    @discardableResult
    public func limitNamespaces(
        _ target: VClusterTarget,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int {
        let client = try await tenantClient(of: target)
        do {
            let count = try await limitNamespaces(by: client, to: quotas, log: log)
            await client.close()
            return count
        } catch {
            await client.close()
            throw explain(error, inside: target)
        }
    }

    private func limitNamespaces(
        by client: KubernetesClient,
        to quotas: [VClusterSpec.InnerQuota],
        log: any OperationLog
    ) async throws -> Int {
        async let namespaces = client.list(.namespace)
        async let existing = client.list(
            .resourceQuota,
            labelSelector: "\(OwnerKeys.managedBy)=\(OwnerKeys.managerName)"
        )
        let plan = try await InnerQuotaPlan(
            quotas: quotas,
            namespaces: namespaces.filter { $0.deletionTimestamp == nil }.map(\.name),
            existing: existing
        )
        for (namespace, hard) in plan.writes {
            try await client.apply(
                InnerQuotaPlan.object(namespace: namespace, hard: hard),
                fieldManager: OwnerKeys.managerName,
                force: true
            )
            await log.append("Namespace \(namespace) inside is limited.")
        }
        for namespace in plan.removals {
            let path = ResourcePath(kind: .resourceQuota, namespace: namespace, name: InnerQuotaPlan.name)
            try await client.deleteIfPresent(path)
            await log.append("Namespace \(namespace) inside is not limited any more.")
        }
        for namespace in plan.absent {
            await log.append("Namespace \(namespace) does not exist inside yet; it is limited once it does.")
        }
        return plan.count
    }

    /// A client of the vcluster's own API, with the kubeconfig that its control plane wrote.
    private func tenantClient(of target: VClusterTarget) async throws -> KubernetesClient {
        let yaml = try await kubeconfig(target)
        var bounds = KubernetesLimits.standard
        bounds.requestDuration = limits.tenantCallTimeout
        bounds.connectDuration = limits.tenantProbeTimeout
        do {
            return try KubernetesClient(
                endpoint: try KubeConfig(yaml: yaml).resolve(),
                limits: bounds,
                logger: logger
            )
        } catch {
            throw explain(error, inside: target)
        }
    }

    private func explain(_ error: any Error, inside target: VClusterTarget) -> any Error {
        guard let error = error as? KubernetesError else { return error }
        switch error.kind {
        case .unreachable, .timeout, .tls, .unavailable, .tooManyRequests:
            return HostError(
                .hostUnreachable,
                "The API of \(target.name) cannot be reached from where the portal runs, so its namespaces are not"
                    + " limited. Check its exposure and the host's serverAddress, or remove innerQuotas.",
                isTransient: true,
                detail: error.debugDescription
            )
        case .invalid, .rejected:
            return HostError(
                .valuesRejected,
                "The API of \(target.name) refuses a limit of innerQuotas: \(error.message).",
                detail: error.debugDescription
            )
        default:
            return HostError(
                .unknown,
                "The API of \(target.name) refuses to have its namespaces limited: \(error.message).",
                detail: error.debugDescription
            )
        }
    }
}
