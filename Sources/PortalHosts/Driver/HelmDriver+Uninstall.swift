import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Removes the release, its volumes, what it left behind and the namespace that was made for it.
    ///
    /// What is gone already is no error, and what is not the vcluster's own is left alone: a vcluster whose namespace
    /// turned out to be someone else's is deleted from the portal only. Returns while Kubernetes still collects; the
    /// namespace then shows in `observe` until it has vanished.
    ///
    /// - Throws: `HostError` `.permissionDenied` for a release that is protected against deletion.
    public func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws {
        switch try await ownership(of: target) {
        case .missing:
            await log.append("Namespace \(target.namespace) does not exist.")
            return try await removeClusterWideObjects(of: target, log: log)
        case .terminating(let isOurs):
            await log.append("Namespace \(target.namespace) is being deleted already.")
            return isOurs ? try await removeClusterWideObjects(of: target, log: log) : ()
        case .other, .foreign, .empty:
            return await log.append("Namespace \(target.namespace) is not this vcluster's; nothing was removed.")
        case .ours(let isCreated):
            try await refuseProtected(target)
            try await removeRelease(target, log: log)
            try await removeClusterWideObjects(of: target, log: log)
            if isCreated, !(try await hasOtherVClusters(target)) {
                try await cluster.delete(.namespace, target.namespace)
                return await log.append("Namespace \(target.namespace) is being deleted with everything in it.")
            }
            try await removeLeftOvers(of: target, log: log)
            try await removeOwnerMarks(of: target)
        }
    }

    private func refuseProtected(_ target: VClusterTarget) async throws {
        guard try await workload(of: target)?.isProtected == true else { return }
        throw HostError(
            .permissionDenied,
            "The control plane of \(target.name) is protected on host \(hostName): it has the annotation"
                + " \(VClusterKeys.nonDeletable). Remove the annotation there and retry."
        )
    }

    private func removeRelease(_ target: VClusterTarget, log: any OperationLog) async throws {
        let command = HelmCommand.uninstall(
            release: target.release,
            namespace: target.namespace,
            timeout: limits.helmUninstallTimeout
        )
        do {
            _ = try await run(command, log: log)
        } catch let error as HelmError {
            if error.detail.contains("release: not found") || error.detail.contains("Release not loaded") {
                return await log.append("The release \(target.release) does not exist.")
            }
            throw classifier(target).classify(error).error
        }
    }

    /// Objects outside of the namespace have no owner that Kubernetes could collect them by.
    private func removeClusterWideObjects(of target: VClusterTarget, log: any OperationLog) async throws {
        let selector = VClusterKeys.clusterWide(target)
        var removed = 0
        for kind in [ResourceKind.priorityClass, .persistentVolume, .storageClass] {
            removed += try await whereAllowed(log) { try await cluster.deleteAll(kind, labels: selector) } ?? 0
        }
        for prefix in ["vc", "vc-mn"] {
            let name = Self.clusterRoleName(prefix: prefix, target: target)
            for kind in [ResourceKind.clusterRoleBinding, .clusterRole] {
                _ = try await whereAllowed(log) { try await cluster.delete(kind, name) }
            }
        }
        _ = try await whereAllowed(log) { try await removeSyncedNamespaces(of: target) }
        if removed > 0 { await log.append("\(removed) cluster-wide objects of the tenant were deleted.") }
    }

    /// The name of the chart's ClusterRole: cut to 63 characters, without a hyphen at the end.
    static func clusterRoleName(prefix: String, target: VClusterTarget) -> String {
        var name = String("\(prefix)-\(target.release)-v-\(target.namespace)".prefix(SyncedName.lengthMax))
        while name.hasSuffix("-") { name.removeLast() }
        return name
    }

    /// An account without rights on cluster-wide objects cannot have made any, so a refusal is only worth a note.
    private func whereAllowed<Answer>(
        _ log: any OperationLog,
        _ body: () async throws -> Answer
    ) async throws -> Answer? {
        do {
            return try await body()
        } catch let error as HostError where error.reason == .permissionDenied {
            await log.append("Skipped: \(error.message)")
            return nil
        }
    }

    private func removeSyncedNamespaces(of target: VClusterTarget) async throws {
        for namespace in try await syncedNamespaces(of: target) {
            if namespace.annotations[VClusterKeys.imported] == nil {
                try await cluster.delete(.namespace, namespace.name)
                continue
            }
            // It was there before, so it stays and only loses the syncer's marks.
            let labels = namespace.labels.keys.filter { $0.hasPrefix(VClusterKeys.prefix) }
            let annotations = namespace.annotations.keys.filter { $0.hasPrefix(VClusterKeys.prefix) }
            let patch: JSONValue = [
                "metadata": [
                    "labels": .object(JSONObject(labels.map { (key: $0, value: JSONValue.null) })),
                    "annotations": .object(JSONObject(annotations.map { (key: $0, value: JSONValue.null) })),
                ]
            ]
            try await cluster.patch(.namespace, namespace.name, with: patch)
        }
    }

    private func hasOtherVClusters(_ target: VClusterTarget) async throws -> Bool {
        for kind in [ResourceKind.statefulSet, .deployment] {
            let others = try await cluster.list(kind, in: target.namespace, labels: "app=vcluster")
            if others.contains(where: { $0.labels["release"] != target.release }) { return true }
        }
        return false
    }

    /// What stays in a namespace that is kept: volumes of every ordinal, CoreDNS, secrets that the syncer made.
    private func removeLeftOvers(of target: VClusterTarget, log: any OperationLog) async throws {
        let namespace = target.namespace
        var claims = Set<String>()
        for claim in try await cluster.list(.persistentVolumeClaim, in: namespace) {
            let isLabelled =
                claim.labels["release"] == target.release
                && ["vcluster", "vcluster-etcd"].contains(claim.labels["app"] ?? "")
            let isTenants = claim.labels[VClusterKeys.managedBy] == target.release
            if isLabelled || isTenants || Self.isControlPlaneClaim(claim.name, release: target.release) {
                claims.insert(claim.name)
            }
        }
        for name in claims.sorted() { try await cluster.delete(.persistentVolumeClaim, name, in: namespace) }
        let dns = "k8s-app=vcluster-kube-dns,\(VClusterKeys.tenant(target))"
        for kind in [ResourceKind.deployment, .service, .pod] {
            try await cluster.deleteAll(kind, in: namespace, labels: dns)
        }
        for kind in [ResourceKind.pod, .service, .configMap, .secret] {
            try await cluster.deleteAll(kind, in: namespace, labels: VClusterKeys.tenant(target))
        }
        for name in ["vc-\(target.release)", "\(target.release)-certs"] {
            try await cluster.delete(.secret, name, in: namespace)
        }
        try await cluster.delete(.configMap, "configmap-\(target.release)", in: namespace)
        await log.append("\(claims.count) volume claims and what else was left in \(namespace) were deleted.")
    }

    /// Whether a claim is of the StatefulSet's template: `data-NAME-0`, `data-NAME-etcd-2`.
    static func isControlPlaneClaim(_ name: String, release: String) -> Bool {
        for prefix in ["data-\(release)-etcd-", "data-\(release)-"] where name.hasPrefix(prefix) {
            let ordinal = name.dropFirst(prefix.count)
            return !ordinal.isEmpty && ordinal.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        return false
    }

    private func removeOwnerMarks(of target: VClusterTarget) async throws {
        let labels = OwnerKeys.labels(of: target).keys.sorted().map { (key: $0, value: JSONValue.null) }
        let annotations = [OwnerKeys.generation, OwnerKeys.valuesFingerprint, OwnerKeys.failedCreates].map {
            (key: $0, value: JSONValue.null)
        }
        let patch: JSONValue = [
            "metadata": ["labels": .object(JSONObject(labels)), "annotations": .object(JSONObject(annotations))]
        ]
        try await cluster.patch(.namespace, target.namespace, with: patch)
    }
}
