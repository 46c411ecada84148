import FoundationEssentials
public import JSON

extension VClusterService {
    /// Changes what is not a verb of its own.
    ///
    /// A change of the spec starts an operation; labels, expiry and classes alone change at once, in every phase but
    /// `DELETING` and `DELETED`. A patch that changes nothing answers the vcluster as it is, with one exception: a spec
    /// that stays the same, `{}` too, is applied again to a vcluster in `ERROR` or one that has drifted.
    ///
    /// - Returns: The vcluster, and the operation when there is one.
    /// - Throws: `PortalError` `.invalidArgument` with every wrong field, `.notFound`, `.forbidden`, `.invalidPhase`,
    ///   `.preconditionFailed`, `.conflict`.
    /// - Note: Access rules are asked about the change, about what it makes of the vcluster, and about its deletion when
    ///   it is to expire sooner.
    @discardableResult
    public func update(
        _ id: VClusterID,
        _ patch: VClusterPatch,
        as caller: Caller
    ) async throws -> (vcluster: VCluster, operation: Operation?) {
        if patch.spec != nil {
            // The chart's schema is asked before the lock is taken: a lock must not wait for a host.
            let current = try await get(id, as: caller)
            try caller.require(.vclustersUpdate, onPath: current.tenantPath, reading: .vclustersRead, noun: "vcluster")
            let changed = try current.patched(by: patch, now: time.now())
            if changed.spec != current.spec {
                try await checkOnHost(changed.spec, host: try await hosts.host(current.hostID))
            }
        }
        return try await lifecycle(as: caller) { lifecycle in
            let before = try await lifecycle.lock(id, for: .vclustersUpdate, ifMatch: patch.ifMatch)
            var vcluster = try before.patched(by: patch, now: lifecycle.now)
            let reapplies = patch.spec != nil && before.wantsRepair
            guard vcluster != before || reapplies else { return (before, nil) }
            return try await lifecycle.settle(&vcluster, before: before, verb: .update, reapplies: reapplies)
        }
    }

    /// Changes replicas, resources of the control plane, or the envelope of the tenant.
    ///
    /// - Parameters:
    ///   - id: The vcluster.
    ///   - size: An object with one or more of `replicas`, `resources` and `quota`, merged over the spec (RFC 7396).
    ///   - ifMatch: The `If-Match` header.
    ///   - caller: Who asks.
    /// - Returns: The vcluster in `SCALING` and the operation.
    /// - Throws: As `update`; `.invalidArgument` for an empty object too.
    @discardableResult
    public func scale(
        _ id: VClusterID,
        to size: JSONValue,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws -> VClusterChange {
        var reader = SpecReader()
        let object = reader.object(size, at: "", known: ["replicas", "resources", "quota"])
        if object.isEmpty, reader.errors.isEmpty {
            reader.errors.add("replicas", FieldErrorCode.required, "give replicas, resources or quota")
        }
        try reader.errors.throwIfAny()
        return try await lifecycle(as: caller) { lifecycle in
            let before = try await lifecycle.lock(id, for: .vclustersUpdate, ifMatch: ifMatch)
            try before.require(.scale)
            var vcluster = before
            vcluster.spec = try VClusterSpec(validating: before.spec.json.mergePatched(by: size), at: "spec")
            let problems = vcluster.spec.problems(changingFrom: before.spec, installed: before.kubernetesVersion)
            if !problems.isEmpty { throw PortalError.invalid(problems) }
            return try await lifecycle.apply(&vcluster, before: before, verb: .scale)
        }
    }
}

extension VCluster {
    /// Whether applying the same spec again may change something on the host.
    fileprivate var wantsRepair: Bool {
        phase == .error || conditions.contains { $0.type == .drifted && $0.status == .true }
    }
}

extension VCluster {
    /// The vcluster with a patch applied and checked.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every wrong field.
    fileprivate func patched(by patch: VClusterPatch, now: Date) throws(PortalError) -> VCluster {
        var vcluster = self
        var errors = FieldErrors()
        if let specPatch = patch.spec {
            do {
                vcluster.spec = try VClusterSpec(validating: spec.json.mergePatched(by: specPatch))
                errors.add(vcluster.spec.problems(changingFrom: spec, installed: kubernetesVersion))
            } catch {
                errors.add(error.fields)
            }
        }
        for (key, value) in patch.labels ?? [:] {
            vcluster.labels[key] = value
        }
        errors.add(NewVCluster.problems(labels: vcluster.labels))
        if let expiry = patch.expiresAt {
            vcluster.expiresAt = expiry
            if let expiry, expiry <= now {
                errors.add("expiresAt", FieldErrorCode.outOfRange, "must be in the future")
            }
        }
        vcluster.environment = patch.environment ?? environment
        vcluster.qosClass = patch.qosClass ?? qosClass
        try errors.throwIfAny()
        return vcluster
    }
}
