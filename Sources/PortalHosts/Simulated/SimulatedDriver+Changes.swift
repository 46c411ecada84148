import JSON
public import Portal

extension SimulatedDriver {
    /// Checks that the namespace is free or the vcluster's own.
    ///
    /// - Throws: `HostError` `.releaseConflict` when it belongs to someone else, `.timeout` (transient) while an
    ///   earlier release is being removed.
    public func prepare(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter(isChange: true)
        if let found = try await release(of: target) {
            guard found.vclusterID == target.id else { throw conflict(target, with: found) }
            if found.state == .deleting {
                throw HostError(
                    .timeout,
                    "Namespace \(target.namespace) on the simulated host \(hostName) is still being deleted.",
                    isTransient: true
                )
            }
        }
        await Self.say("Namespace \(target.namespace) is ready.", to: log)
    }

    /// Writes the release down; it is ready a few latencies later.
    ///
    /// - Throws: `HostError` `.unschedulable` or `.hostQuotaExceeded` when the host has no room, `.releaseConflict` for
    ///   a foreign release, and what the label `simulate.portal/fail` asks for.
    public func install(_ target: VClusterTarget, spec: VClusterSpec, log: any OperationLog) async throws {
        try await enter(isChange: true)
        let before = try await release(of: target)
        if let before, before.vclusterID != target.id { throw conflict(target, with: before) }
        let demand = SimulatedDemand(spec: spec)
        let failure = pendingFailure(of: target, before: before)
        let release = new(target, spec: spec, demand: demand, failure: failure, before: before)
        let installed = try await store.install(release) { totals in
            try requireRoom(for: demand, besides: before, in: totals.requested)
        }
        guard let installed else {
            throw HostError(
                .releaseConflict,
                "Namespace \(target.namespace) on the simulated host \(hostName) was taken by another vcluster."
            )
        }
        if let failure, !failure.isSeenInPods { throw failure.error(host: hostName) }
        await Self.say("Release \(target.release) is installed, revision \(installed.installCount).", to: log)
    }

    /// The failure that the labels ask for and that has not happened yet.
    private func pendingFailure(of target: VClusterTarget, before: SimulatedRelease?) -> SimulatedFailure? {
        guard let failure = SimulatedFailure(labels: target.labels) else { return nil }
        let hasHappened = before?.spec["failed"]?.string == failure.text
        return failure.isOnce && hasHappened ? nil : failure
    }

    private func new(
        _ target: VClusterTarget,
        spec: VClusterSpec,
        demand: SimulatedDemand,
        failure: SimulatedFailure?,
        before: SimulatedRelease?
    ) -> SimulatedRelease {
        var memory: JSONObject = ["spec": spec.json, "gpus": .number(JSONNumber(demand.gpus))]
        for kept in Self.memoriesKept { memory[kept] = before?.spec[kept] }
        // Stays in the memory of the release, so that a failure that was to happen once does.
        memory["failed"] = SimulatedFailure(labels: target.labels).map { .string($0.text) }
        if let failure, failure.isSeenInPods { memory["reason"] = .string(failure.reason.rawValue) }
        return SimulatedRelease(
            hostID: hostID,
            namespace: target.namespace,
            release: target.release,
            vclusterID: target.id,
            readyAt: readyAt(latencies: Self.installLatencies),
            replicas: spec.replicas,
            pods: demand.pods,
            cpuMillicores: demand.cpuMillicores,
            memoryBytes: demand.memoryBytes,
            storageBytes: demand.storageBytes,
            generation: target.generation,
            chartVersion: spec.chartVersion,
            kubernetesVersion: spec.kubernetesVersion ?? settings.kubernetesVersion,
            labels: target.labels,
            spec: .object(memory)
        )
    }

    /// Whether the host has room for a demand, without what the release itself holds already.
    private func requireRoom(
        for demand: SimulatedDemand,
        besides before: SimulatedRelease?,
        in taken: ResourceAmounts
    ) throws {
        let running = before?.state == .running ? before : nil
        func free(_ capacity: Int64, _ taken: Int64?, _ own: Int64?) -> Int64 { capacity - (taken ?? 0) + (own ?? 0) }
        let capacity = settings.capacity
        let cpu = (try? capacity.cpu.millicores().value) ?? 0
        let checks: [(name: String, reason: HostFailureReason, needed: Int64, free: Int64)] = [
            ("cpu", .unschedulable, demand.cpuMillicores, free(cpu, taken.cpuMillicores, running?.cpuMillicores)),
            (
                "memory", .unschedulable, demand.memoryBytes,
                free(capacity.memory.bytes().value, taken.memoryBytes, running?.memoryBytes)
            ),
            (
                "pods", .unschedulable, Int64(demand.pods),
                free(Int64(capacity.pods), taken.pods, running.map { Int64($0.pods) })
            ),
            (
                "storage", .hostQuotaExceeded, demand.storageBytes,
                free(capacity.storage.bytes().value, taken.storageBytes, before?.storageBytes)
            ),
            (
                "gpus", .hostQuotaExceeded, demand.gpus,
                free(Int64(capacity.gpus), taken.gpus, running?.spec["gpus"]?.int)
            ),
        ]
        for check in checks where check.needed > check.free {
            throw HostError(
                check.reason,
                "The simulated host \(hostName) has too little \(check.name) left. Make the vcluster smaller, choose"
                    + " another host, or raise the host's capacity.",
                isTransient: false
            )
        }
    }

    /// Gives a release that nobody owns to a vcluster.
    ///
    /// - Throws: `HostError` `.notFound` without such a release, `.releaseConflict` when another vcluster owns it.
    public func adopt(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter(isChange: true)
        if try await store.adopt(host: hostID, namespace: target.namespace, by: target.id) == nil {
            _ = try await ownRelease(of: target)
        }
        await Self.say("Release \(target.release) is managed by the portal now.", to: log)
    }

    /// Stops a release; its pods are gone a few latencies later.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`.
    public func pause(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter(isChange: true)
        _ = try await ownRelease(of: target)
        _ = try await store.set(
            .paused,
            host: hostID,
            namespace: target.namespace,
            readyAt: readyAt(latencies: Self.changeLatencies)
        )
        await Self.say("Release \(target.release) is paused.", to: log)
    }

    /// Starts a paused release again, when the host still has room for it.
    ///
    /// - Throws: `HostError` `.notFound`, `.releaseConflict`, `.unschedulable`.
    public func resume(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter(isChange: true)
        let release = try await ownRelease(of: target)
        guard release.state == .paused else { return await Self.say("Release \(target.release) runs.", to: log) }
        try await start(release)
        await Self.say("Release \(target.release) is resumed.", to: log)
    }

    /// Starts a paused release, when the host has room for it.
    func start(_ release: SimulatedRelease) async throws {
        var demand = SimulatedDemand(spec: VClusterSpec())
        demand.cpuMillicores = release.cpuMillicores
        demand.memoryBytes = release.memoryBytes
        demand.storageBytes = release.storageBytes
        demand.pods = release.pods
        demand.gpus = release.spec["gpus"]?.int ?? 0
        let wanted = demand
        try await store.resume(
            host: hostID,
            namespace: release.namespace,
            readyAt: readyAt(latencies: Self.changeLatencies)
        ) { totals in
            try requireRoom(for: wanted, besides: release, in: totals.requested)
        }
    }

    /// Removes a release; it is gone a few latencies later.
    ///
    /// Nobody else's is touched.
    public func uninstall(_ target: VClusterTarget, log: any OperationLog) async throws {
        try await enter(isChange: true)
        guard let found = try await release(of: target), found.vclusterID == target.id else {
            return await Self.say("There is no release \(target.release) of this vcluster.", to: log)
        }
        let changed = try await store.set(
            .deleting,
            host: hostID,
            namespace: target.namespace,
            readyAt: readyAt(latencies: Self.changeLatencies)
        )
        if let changed, changed.readyAt <= hosts.time.now() {
            try await store.delete(host: hostID, namespace: target.namespace)
        }
        await Self.say("Release \(target.release) is being removed.", to: log)
    }
}
