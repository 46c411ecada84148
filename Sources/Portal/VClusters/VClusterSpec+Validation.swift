import JSON

extension VClusterSpec {
    /// The most control-plane replicas.
    public static let replicasMax = 9
    /// The most annotations of one object.
    public static let annotationsMax = 64
    /// The most plugins.
    public static let pluginsMax = 16
    /// The largest `helmValues`, in bytes of JSON.
    public static let helmValuesBytesMax = 64 * 1024

    /// Checks the rules that need nothing but the spec, in the order of its fields.
    ///
    /// - Parameter path: The path of the spec in the request.
    /// - Returns: One entry per broken rule; empty for a good spec.
    public func problems(at path: String = "spec") -> [FieldError] {
        var errors = FieldErrors()
        checkVersions(path, &errors)
        checkStore(path, &errors)
        checkPersistence(path, &errors)
        checkResources(path, &errors)
        checkEnvelope(path, &errors)
        checkInnerQuotas(path, &errors)
        checkExposure(path, &errors)
        checkNames(path, &errors)
        checkHelmValues(path, &errors)
        return errors.all
    }

    private func checkVersions(_ path: String, _ errors: inout FieldErrors) {
        let chart = chartVersion.flatMap(SemanticVersion.init)
        if chartVersion != nil, chart == nil {
            errors.add("\(path).chartVersion", FieldErrorCode.invalidValue, "must be a version such as 0.33.1")
        } else if let chart, chart < ChartSupport.versionMin {
            errors.add(
                "\(path).chartVersion",
                FieldErrorCode.outOfRange,
                "is older than \(ChartSupport.versionMin.text), the first chart with the values the portal writes"
            )
        }
        if let problem = ChartSupport.problem(distro: distro, chart: chart) {
            errors.add("\(path).distro", FieldErrorCode.invalidValue, problem)
        }
        guard let kubernetesVersion else { return }
        guard let version = SemanticVersion(kubernetesVersion), version.preRelease == nil else {
            errors.add(
                "\(path).kubernetesVersion",
                FieldErrorCode.invalidValue,
                "must be a full version such as v1.33.4"
            )
            return
        }
        let minors = ChartSupport.kubernetesMinorMin...ChartSupport.kubernetesMinorMax(chart: chart)
        guard version.major == 1, minors.contains(version.minor) else {
            let of = chart.map { "chart \($0.text)" } ?? "the chart"
            errors.add(
                "\(path).kubernetesVersion",
                FieldErrorCode.outOfRange,
                "is not supported by \(of); choose a version from 1.\(minors.lowerBound) to 1.\(minors.upperBound)"
            )
            return
        }
    }

    private func checkStore(_ path: String, _ errors: inout FieldErrors) {
        let field = "\(path).backingStore"
        if replicas > 1, backingStore.type == .embeddedDatabase {
            errors.add(
                "\(path).replicas",
                FieldErrorCode.conflict,
                "must be 1 with the embedded database, which one pod only can open; "
                    + "for high availability set backingStore.type to deployedEtcd or externalEtcd"
            )
        }
        if backingStore.etcdReplicas % 2 == 0 {
            errors.add("\(field).etcdReplicas", FieldErrorCode.invalidValue, "must be odd (1, 3 or 5) to keep a quorum")
        }
        if backingStore.etcdReplicas > 1, backingStore.type != .deployedEtcd {
            errors.add("\(field).etcdReplicas", FieldErrorCode.conflict, "needs backingStore.type deployedEtcd")
        }
        if backingStore.type == .externalEtcd {
            if let endpoint = backingStore.endpoint {
                if !endpoint.hasPrefix("https://"), !endpoint.hasPrefix("http://") {
                    errors.add(
                        "\(field).endpoint",
                        FieldErrorCode.invalidValue,
                        "must start with https:// or http://"
                    )
                }
            } else {
                errors.add("\(field).endpoint", FieldErrorCode.required, "is required for an external etcd")
            }
        } else {
            if backingStore.endpoint != nil {
                errors.add("\(field).endpoint", FieldErrorCode.conflict, "needs backingStore.type externalEtcd")
            }
            if backingStore.tls != nil {
                errors.add("\(field).tls", FieldErrorCode.conflict, "needs backingStore.type externalEtcd")
            }
        }
    }

    private func checkPersistence(_ path: String, _ errors: inout FieldErrors) {
        let field = "\(path).persistence"
        if persistence.enabled == false, backingStore.type == .embeddedDatabase {
            errors.add(
                "\(field).enabled",
                FieldErrorCode.conflict,
                "cannot be false with the embedded database: its data would be lost with every restart"
            )
        }
        if persistence.enabled == false, persistence.size != nil {
            errors.add("\(field).size", FieldErrorCode.conflict, "needs persistence.enabled")
        }
        if let size = persistence.size, size < Self.sizeMin || size > Self.sizeMax {
            errors.add(
                "\(field).size",
                FieldErrorCode.outOfRange,
                "must be between \(Self.sizeMin) and \(Self.sizeMax)"
            )
        }
    }

    private func checkResources(_ path: String, _ errors: inout FieldErrors) {
        for (name, amount) in Self.computeFields {
            guard let request = amount(resources.requests) else { continue }
            let field = "\(path).resources.requests.\(name)"
            if let limit = amount(resources.limits), request > limit {
                errors.add(field, FieldErrorCode.conflict, "must not be more than the limit \(limit)")
            }
        }
        for (name, amount) in Self.computeFields {
            if let limit = amount(resources.limits), limit.isZero {
                errors.add("\(path).resources.limits.\(name)", FieldErrorCode.outOfRange, "must be more than zero")
            }
        }
    }

    /// The envelope counts the control plane too: one that it does not fit into could never start.
    private func checkEnvelope(_ path: String, _ errors: inout FieldErrors) {
        let needs = [
            ("cpu", quota.cpu, resources.requests.cpu ?? ControlPlaneOverhead.Default.cpu),
            ("memory", quota.memory, resources.requests.memory ?? ControlPlaneOverhead.Default.memory),
        ]
        for case (let name, let limit?, let request) in needs {
            guard let needed = try? Quantity(nanos: request.nanos * Int128(replicas), format: request.format) else {
                continue
            }
            if limit < needed {
                errors.add(
                    "\(path).quota.\(name)",
                    FieldErrorCode.outOfRange,
                    "must be at least \(needed), which the control plane itself requests"
                )
            }
        }
        let amounts: [(String, QuotaDimension, Quantity?)] = [
            ("cpu", .cpu, quota.cpu), ("memory", .memory, quota.memory), ("storage", .storage, quota.storage),
        ]
        for case (let name, let dimension, let quantity?) in amounts {
            let amount = try? dimension.amount(quantity)
            if amount.map({ $0 > PortalLimits.Quotas.amountMax }) ?? true {
                errors.add(
                    "\(path).quota.\(name)",
                    FieldErrorCode.outOfRange,
                    "must be at most \(dimension.text(PortalLimits.Quotas.amountMax))"
                )
            }
        }
        if let pods = quota.pods, pods < replicas {
            errors.add(
                "\(path).quota.pods",
                FieldErrorCode.outOfRange,
                "must be at least \(replicas), the pods of the control plane itself"
            )
        }
    }

    private func checkExposure(_ path: String, _ errors: inout FieldErrors) {
        let field = "\(path).exposure.ingress"
        switch (exposure.type, exposure.ingress) {
        case (.ingress, nil):
            errors.add("\(field).host", FieldErrorCode.required, "is required to expose by an ingress")
        case (.ingress, let ingress?):
            if !ingress.host.isEmpty, !KubernetesNames.isSubdomain(ingress.host) {
                errors.add("\(field).host", FieldErrorCode.invalidValue, "must be a DNS name in lower case")
            }
            checkAnnotations(ingress.annotations, "\(field).annotations", &errors)
        case (_, .some):
            errors.add(field, FieldErrorCode.conflict, "needs exposure.type ingress")
        case (_, nil):
            break
        }
    }

    private func checkNames(_ path: String, _ errors: inout FieldErrors) {
        if let name = serviceAccount.name, !KubernetesNames.isSubdomain(name) {
            errors.add("\(path).serviceAccount.name", FieldErrorCode.invalidValue, "must be a DNS name in lower case")
        }
        checkAnnotations(serviceAccount.annotations, "\(path).serviceAccount.annotations", &errors)
        if let name = persistence.storageClass, !KubernetesNames.isSubdomain(name) {
            errors.add(
                "\(path).persistence.storageClass",
                FieldErrorCode.invalidValue,
                "must be the name of a storage class: a DNS name in lower case"
            )
        }
        var seen: Set<String> = []
        for (index, plugin) in plugins.enumerated() {
            let field = "\(path).plugins[\(index)]"
            if !plugin.name.isEmpty, !KubernetesNames.isLabel(plugin.name) {
                errors.add("\(field).name", FieldErrorCode.invalidValue, Self.labelRule)
            }
            if !seen.insert(plugin.name).inserted {
                errors.add("\(field).name", FieldErrorCode.conflict, "is the name of another plugin too")
            }
            if !plugin.image.isEmpty, !Self.isPinned(image: plugin.image) {
                errors.add("\(field).image", FieldErrorCode.invalidValue, "must be an image with a tag or a digest")
            }
        }
    }

    private func checkAnnotations(_ annotations: [String: String], _ field: String, _ errors: inout FieldErrors) {
        for key in annotations.keys.sorted() where !KubernetesNames.isQualifiedName(key) {
            errors.add("\(field)[\"\(key)\"]", FieldErrorCode.invalidValue, "is not a valid annotation key")
        }
    }

    /// A tag after the last slash, or a digest; a port of the registry is neither.
    private static func isPinned(image: String) -> Bool {
        guard !image.contains(where: \.isWhitespace) else { return false }
        let name = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let mark = name.firstIndex(where: { $0 == ":" || $0 == "@" }) else { return false }
        return mark != name.startIndex && name.index(after: mark) != name.endIndex
    }

    static let labelRule = "must be lower-case letters, digits and hyphens, with a letter or digit at both ends"

    private static let computeFields: [(String, @Sendable (ComputeResources) -> Quantity?)] = [
        ("cpu", { $0.cpu }), ("memory", { $0.memory }), ("ephemeralStorage", { $0.ephemeralStorage }),
    ]

    private static let sizeMin = Quantity(Bytes(256 << 20))
    private static let sizeMax = Quantity(Bytes(16 << 40))
}

extension SemanticVersion {
    /// `major.minor.patch`, and the pre-release when there is one.
    var text: String {
        "\(major).\(minor).\(patch)" + (preRelease.map { "-\($0)" } ?? "")
    }
}
