extension VClusterSpec {
    /// Checks the rules between an old and a new spec: what the chart cannot change in place.
    ///
    /// - Parameters:
    ///   - old: The spec that the host has, or should have.
    ///   - installed: The Kubernetes version that runs now; nil when it never ran.
    ///   - path: The path of the spec in the request.
    /// - Returns: One entry per broken rule, in the order of the fields.
    func problems(changingFrom old: VClusterSpec, installed: String?, at path: String = "spec") -> [FieldError] {
        var errors = FieldErrors()
        checkKubernetes(from: old.kubernetesVersion ?? installed, path, &errors)
        if let was = old.chartVersion.flatMap(SemanticVersion.init),
            let chart = chartVersion.flatMap(SemanticVersion.init),
            chart < was
        {
            errors.add("\(path).chartVersion", FieldErrorCode.outOfRange, "cannot go back from \(was.text)")
        }
        // Before the first install nothing is on the host that could not be changed.
        guard installed != nil else { return errors.all }
        if backingStore.type != old.backingStore.type {
            errors.add(
                "\(path).backingStore.type",
                FieldErrorCode.conflict,
                "cannot be changed: the data would not move. Make a new vcluster with the other store"
            )
        } else if backingStore.etcdReplicas != old.backingStore.etcdReplicas {
            errors.add(
                "\(path).backingStore.etcdReplicas",
                FieldErrorCode.conflict,
                "cannot be changed: the members of the etcd are fixed at the first install"
            )
        }
        if persistence != old.persistence {
            errors.add(
                "\(path).persistence",
                FieldErrorCode.conflict,
                "cannot be changed: the volume is fixed at the first install"
            )
        }
        return errors.all
    }

    /// Kubernetes goes up one minor at a time and never down.
    private func checkKubernetes(from old: String?, _ path: String, _ errors: inout FieldErrors) {
        guard let old, let was = SemanticVersion(old), let kubernetesVersion,
            let version = SemanticVersion(kubernetesVersion)
        else { return }
        if version < was {
            errors.add("\(path).kubernetesVersion", FieldErrorCode.outOfRange, "cannot go back from v\(was.text)")
        } else if version.minor > was.minor + 1 {
            errors.add(
                "\(path).kubernetesVersion",
                FieldErrorCode.outOfRange,
                "cannot skip a minor version: go from v\(was.text) to 1.\(was.minor + 1) first"
            )
        }
    }
}
