import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Returns a kubeconfig (YAML) whose server address works outside of the host.
    ///
    /// - Throws: `HostError` `.notFound` without a release, `.timeout` (transient) while the control plane has not
    ///   written its kubeconfig yet.
    public func kubeconfig(_ target: VClusterTarget) async throws -> String {
        try await requireOwnership(of: target)
        guard let stored = try await storedKubeconfig(of: target) else {
            _ = try await existingWorkload(of: target)
            throw HostError(
                .timeout,
                "The control plane of \(target.name) has not written its kubeconfig yet. Try again when it runs.",
                isTransient: true
            )
        }
        return try rewrite(stored, target: target, server: try await serverAddress(of: target).url)
    }

    /// The kubeconfig that the syncer wrote into Secret `vc-NAME`; nil before it did.
    func storedKubeconfig(of target: VClusterTarget) async throws -> String? {
        guard let secret = try await cluster.find(.secret, "vc-\(target.release)", in: target.namespace),
            let bytes = secret.decodedData("config"), !bytes.isEmpty
        else { return nil }
        guard bytes.count <= limits.kubeconfigBytesMax else { throw malformed(target) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The kubeconfig with an address and names for the people who use it.
    func rewrite(_ yaml: String, target: VClusterTarget, server: String) throws -> String {
        do {
            return try TenantKubeconfig(yaml: yaml).rewritten(server: server, name: "\(target.name)@\(hostName)")
        } catch {
            throw malformed(target)
        }
    }

    private func malformed(_ target: VClusterTarget) -> HostError {
        HostError(
            .unknown,
            "Secret vc-\(target.release) on host \(hostName) has no usable kubeconfig. Suspend and resume the vcluster"
                + " to have it written again."
        )
    }

    /// What is known about the ways to the API server of a release.
    func serverAddress(of target: VClusterTarget) async throws -> ServerAddress {
        var address = ServerAddress(
            template: settings.serverAddress,
            release: target.release,
            namespace: target.namespace
        )
        let ingress = try await cluster.find(.ingress, target.release, in: target.namespace)
        address.ingressHost = ingress?.spec["rules"]?[0]?["host"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard let service = try await cluster.find(.service, target.release, in: target.namespace) else {
            return address
        }
        let type = service.spec["type"]?.string
        if type == "LoadBalancer" {
            let entry = service.status["loadBalancer"]?["ingress"]?[0]
            address.loadBalancerHost = entry?["hostname"]?.string ?? entry?["ip"]?.string
        }
        address.nodePort = Self.nodePort("https", of: service)
        if address.nodePort != nil, address.needsNodeHost {
            address.nodePortHost = try await nodeHost()
        }
        return address
    }

    /// Where node ports are reached: as configured, else an address of a node, a public one before an inner one.
    private func nodeHost() async throws -> String? {
        if let configured = settings.nodePortHost { return configured }
        let nodes: [KubernetesObject]
        do {
            nodes = try await cluster.list(.node)
        } catch let error as HostError where error.reason == .permissionDenied {
            // An account for namespaces only may not see nodes; the in-cluster name is the best that is left.
            return nil
        }
        let ready = nodes.filter { $0.condition("Ready")?["status"]?.string == "True" }
        for type in ["ExternalIP", "ExternalDNS", "InternalIP", "Hostname"] {
            for node in ready {
                let addresses = node.status["addresses"]?.array ?? []
                if let address = addresses.first(where: { $0["type"]?.string == type })?["address"]?.string {
                    return address
                }
            }
        }
        return nil
    }
}

extension ServerAddress {
    /// Whether nothing better than a node port is known.
    var needsNodeHost: Bool { template == nil && ingressHost == nil && loadBalancerHost == nil }

    /// Whether the portal should be able to reach the address, wherever it runs.
    var isOutside: Bool {
        template != nil || ingressHost != nil || loadBalancerHost != nil || (nodePort != nil && nodePortHost != nil)
    }
}
