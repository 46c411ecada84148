import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// Whose a namespace is.
    enum Ownership: Sendable, Equatable {
        /// No such namespace.
        case missing
        /// It is being deleted.
        case terminating(isOurs: Bool)
        /// The vcluster's own.
        case ours(isCreated: Bool)
        /// Of another vcluster, of this portal or another one.
        case other(id: String)
        /// Nobody's, and nothing runs in it: an administrator prepared it, or it is left over.
        case empty
        /// Nobody's, and in use.
        case foreign
    }

    /// Namespaces that are never anybody's vcluster.
    private static let systemNamespaces: Set<String> = ["default", "kube-system", "kube-public", "kube-node-lease"]

    /// Reads whose the namespace of a vcluster is.
    ///
    /// A namespace that lost its label still counts as ours while the workload in it has it.
    func ownership(of target: VClusterTarget) async throws -> Ownership {
        guard let namespace = try await cluster.find(.namespace, target.namespace) else { return .missing }
        let label = namespace.labels[OwnerKeys.vclusterID]
        if namespace.deletionTimestamp != nil { return .terminating(isOurs: label == target.id.description) }
        if let label, label != target.id.description { return .other(id: label) }
        let isCreated = namespace.annotations[VClusterKeys.created] == "true"
        if label != nil { return .ours(isCreated: isCreated) }
        if let owner = try await workload(of: target)?.ownerID {
            return owner == target.id.description ? .ours(isCreated: isCreated) : .other(id: owner)
        }
        if Self.systemNamespaces.contains(target.namespace) { return .foreign }
        return try await isEmpty(target.namespace) ? .empty : .foreign
    }

    private func isEmpty(_ namespace: String) async throws -> Bool {
        if !(try await cluster.list(.secret, in: namespace, labels: "owner=helm")).isEmpty { return false }
        for kind in [ResourceKind.pod, .statefulSet, .deployment, .persistentVolumeClaim] {
            if !(try await cluster.list(kind, in: namespace)).isEmpty { return false }
        }
        return true
    }

    /// The error for a namespace or release that belongs to someone else.
    func conflict(_ target: VClusterTarget, owner: String? = nil) -> HostError {
        let whose = owner.map { "to the vcluster \($0)" } ?? "to someone else"
        return HostError(
            .releaseConflict,
            "Namespace \(target.namespace) on host \(hostName) belongs \(whose). Adopt the release that is in it, or"
                + " choose another name for the vcluster."
        )
    }

    /// Makes sure that a change may be made; the namespace has to be the vcluster's own.
    func requireOwnership(of target: VClusterTarget) async throws {
        switch try await ownership(of: target) {
        case .ours: return
        case .terminating: throw stillTerminating(target)
        case .other(let id): throw conflict(target, owner: id)
        case .foreign: throw conflict(target)
        case .missing, .empty:
            throw HostError(
                .notFound,
                "Namespace \(target.namespace) on host \(hostName) is not prepared for the vcluster \(target.name)."
                    + " Retry to prepare it again."
            )
        }
    }

    func stillTerminating(_ target: VClusterTarget) -> HostError {
        HostError(
            .timeout,
            "Namespace \(target.namespace) on host \(hostName) is still being deleted. Retry in a minute; if it stays,"
                + " ask the host's administrator which finalizer holds it.",
            isTransient: true
        )
    }

    /// Ensures the namespace of a vcluster with the labels that name its owner.
    ///
    /// Waits for a namespace of the same name that is being deleted. An empty namespace that an administrator made is
    /// taken, but not deleted with the vcluster.
    ///
    /// - Throws: `HostError` `.releaseConflict` when the namespace belongs to someone else, `.timeout`.
    public func prepare(_ target: VClusterTarget, log: any OperationLog) async throws {
        let poll = Poll(timeout: limits.namespaceTerminationTimeout, interval: limits.pollInterval)
        let settled = try await poll.first { () -> Ownership? in
            let ownership = try await ownership(of: target)
            if case .terminating = ownership { return nil }
            return ownership
        }
        switch settled {
        case .missing:
            try await createNamespace(for: target, log: log)
        case .ours, .empty:
            try await label(namespaceOf: target)
            await log.append("Namespace \(target.namespace) is ready.")
        case .other(let id):
            throw conflict(target, owner: id)
        case .foreign:
            throw conflict(target)
        case .terminating, nil:
            throw stillTerminating(target)
        }
    }

    private func createNamespace(for target: VClusterTarget, log: any OperationLog) async throws {
        let namespace = KubernetesObject(
            kind: .namespace,
            name: target.namespace,
            labels: OwnerKeys.labels(of: target).merging([OwnerKeys.managedBy: OwnerKeys.managerName]) { $1 },
            annotations: [VClusterKeys.created: "true"]
        )
        if try await cluster.create(namespace) != nil {
            return await log.append("Namespace \(target.namespace) was created.")
        }
        // Somebody was faster, perhaps an earlier attempt of the same step whose answer got lost.
        guard case .ours = try await ownership(of: target) else { throw conflict(target) }
        await log.append("Namespace \(target.namespace) exists already.")
    }

    private func label(namespaceOf target: VClusterTarget) async throws {
        let labels = JSONObject(texts: OwnerKeys.labels(of: target))
        try await cluster.patch(.namespace, target.namespace, with: ["metadata": ["labels": .object(labels)]])
    }

    /// Marks an existing release as managed by the portal.
    ///
    /// - Throws: `HostError` `.notFound` without such a release, `.releaseConflict` when another vcluster owns it.
    public func adopt(_ target: VClusterTarget, log: any OperationLog) async throws {
        switch try await ownership(of: target) {
        case .missing: _ = try await existingWorkload(of: target)
        case .other(let id): throw conflict(target, owner: id)
        case .terminating: throw stillTerminating(target)
        case .ours, .empty, .foreign: break
        }
        let workload = try await existingWorkload(of: target)
        if let owner = workload.ownerID, owner != target.id.description { throw conflict(target, owner: owner) }
        let labels = JSONObject(texts: OwnerKeys.labels(of: target))
        let patch: JSONValue = ["metadata": ["labels": .object(labels)]]
        try await cluster.patch(workload.kind, workload.object.name, in: target.namespace, with: patch)
        try await label(namespaceOf: target)
        try await recordInstalledValues(of: target)
        await log.append("The release \(target.release) in \(target.namespace) is managed by the portal now.")
    }
}
