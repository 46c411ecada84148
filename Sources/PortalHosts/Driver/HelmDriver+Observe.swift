import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Reads the state of the release; a missing one is an observation (`exists == false`), not an error.
    ///
    /// A namespace that is going away counts as existing until it has gone, so that a deletion that hangs is seen.
    public func observe(_ target: VClusterTarget) async throws -> Observation {
        guard let namespace = try await cluster.find(.namespace, target.namespace) else { return Observation() }
        let owner = namespace.labels[OwnerKeys.vclusterID]
        if let owner, owner != target.id.description { return Observation() }
        let workload = try await workload(of: target)
        guard owner != nil || workload?.ownerID == target.id.description else { return Observation() }
        if namespace.deletionTimestamp != nil { return Observation(exists: true, isCurrent: false) }
        guard let workload else { return try await observeWithoutWorkload(target) }
        return try await sight(workload, target: target, namespace: namespace).observation()
    }

    /// A release whose workload is gone is broken, and one without anything is none.
    private func observeWithoutWorkload(_ target: VClusterTarget) async throws -> Observation {
        let secrets = try await cluster.list(
            .secret,
            in: target.namespace,
            labels: "owner=helm,name=\(target.release)"
        )
        guard !secrets.isEmpty else { return Observation() }
        let revision = secrets.compactMap(HelmRevision.init).max { $0.number < $1.number }
        let failure: HostError? =
            switch revision?.status {
            case "failed"?:
                HostError(.valuesRejected, "Helm could not install the release. Look at the operation's log and retry.")
            case "deployed"?:
                HostError(
                    .notFound,
                    "The control plane of \(target.name) was removed outside of the portal. Retry to install it again."
                )
            default: nil
            }
        return Observation(exists: true, isCurrent: false, failure: failure)
    }

    private func sight(
        _ workload: Workload,
        target: VClusterTarget,
        namespace: KubernetesObject
    ) async throws -> Sighting {
        let name = target.namespace
        async let pods = cluster.list(.pod, in: name, labels: VClusterKeys.controlPlane(target))
        async let etcd = etcd(of: target)
        async let etcdPods = cluster.list(.pod, in: name, labels: VClusterKeys.etcd(target))
        async let claims = cluster.list(.persistentVolumeClaim, in: name)
        async let dnsPods = cluster.list(.pod, in: name, labels: "k8s-app=vcluster-kube-dns")
        async let stored = storedKubeconfig(of: target)
        async let address = serverAddress(of: target)
        async let values = installedValues(of: target)
        var sighting = try await Sighting(target: target, workload: workload, address: address, namespace: namespace)
        sighting.pods = try await pods
        sighting.etcd = try await etcd
        sighting.etcdPods = try await etcdPods
        sighting.claims = try await claims.filter { Self.isControlPlaneClaim($0.name, release: target.release) }
        sighting.dnsPods = try await dnsPods
        sighting.valuesFingerprint = try await values.map(Self.fingerprint)
        let yaml = try await stored
        sighting.hasKubeconfig = yaml != nil
        if let yaml, workload.replicasDesired > 0 {
            sighting.probe = try await probe(yaml, at: sighting.address, target: target)
        }
        if workload.replicasReady < workload.replicasDesired {
            sighting.events = try await warnings(of: target)
        }
        return sighting
    }

    private func probe(
        _ yaml: String,
        at address: ServerAddress,
        target: VClusterTarget
    ) async throws -> TenantProbeResult? {
        guard let config = try? rewrite(yaml, target: target, server: address.url) else { return nil }
        let result = try await probe.probe(kubeconfig: config, isReachable: address.isOutside)
        guard result.isReady == nil else { return result }
        // From outside of the host its own API server is the way in: the probe's path asks for no credentials.
        let path = "/api/v1/namespaces/\(target.namespace)/services/https:\(target.release):443/proxy/readyz"
        do {
            _ = try await cluster.client.rawGet(path, timeout: limits.tenantProbeTimeout)
            return TenantProbeResult(isReady: true)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The proxy may be off or forbidden, so its failure is no sign of the vcluster's.
            return result
        }
    }

    /// Warnings of the namespace about the control plane's own objects, newest first.
    func warnings(of target: VClusterTarget) async throws -> [KubernetesObject] {
        let events = try await cluster.list(.event, in: target.namespace, fields: "type=Warning")
        let names = [target.release, "\(target.release)-", "data-\(target.release)-"]
        return
            events
            .filter { event in
                let name = event.json["involvedObject"]?["name"]?.string ?? ""
                return name == names[0] || names.dropFirst().contains { name.hasPrefix($0) }
            }
            .sorted { Self.time(of: $0) > Self.time(of: $1) }
    }

    private static func time(of event: KubernetesObject) -> String {
        event.json["lastTimestamp"]?.string ?? event.json["eventTime"]?.string ?? ""
    }
}
