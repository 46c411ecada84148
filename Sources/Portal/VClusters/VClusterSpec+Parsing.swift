public import JSON

extension VClusterSpec {
    /// Reads and checks a spec; the only way from a request to a spec.
    ///
    /// Every problem is found at once: unknown fields and wrong types first, in the order of the document, then the
    /// rules of `problems()` over what could be read.
    ///
    /// - Parameters:
    ///   - json: An object; `null` members count as absent.
    ///   - path: The path of the object in the request; the start of all field names.
    /// - Throws: `PortalError` `.invalidArgument` with one entry per problem.
    public init(validating json: JSONValue, at path: String = "spec") throws(PortalError) {
        var reader = SpecReader()
        let spec = VClusterSpec(reading: json, at: path, with: &reader)
        reader.errors.add(
            spec.problems(at: path).filter { problem in
                // A field that could not be read has its error already; its default must not add another.
                !reader.errors.all.contains { $0.field == problem.field }
            }
        )
        try reader.errors.throwIfAny()
        self = spec
    }

    /// Reads a stored spec; what cannot be read falls back to its default.
    ///
    /// Rows are written from checked specs only, so a fallback happens only after a change of the rules.
    init(stored json: JSONValue) {
        var reader = SpecReader()
        self.init(reading: json, at: "spec", with: &reader)
    }

    init(reading json: JSONValue, at path: String, with reader: inout SpecReader) {
        self.init()
        let object = reader.object(json, at: path, known: Self.keys)
        kubernetesVersion = reader.string(object["kubernetesVersion"], at: "\(path).kubernetesVersion", lengthMax: 32)
            .map { $0.hasPrefix("v") ? $0 : "v\($0)" }
        chartVersion = reader.string(object["chartVersion"], at: "\(path).chartVersion", lengthMax: 64)
            .map { $0.hasPrefix("v") ? String($0.dropFirst()) : $0 }
        distro = reader.string(object["distro"], at: "\(path).distro", lengthMax: 32) ?? distro
        replicas = reader.int(object["replicas"], at: "\(path).replicas", in: 1...Self.replicasMax) ?? replicas
        resources = reader.resources(object["resources"], at: "\(path).resources")
        backingStore = reader.backingStore(object["backingStore"], at: "\(path).backingStore")
        persistence = reader.persistence(object["persistence"], at: "\(path).persistence")
        quota = reader.envelope(object["quota"], at: "\(path).quota")
        innerQuotas = reader.innerQuotas(object["innerQuotas"], at: "\(path).innerQuotas")
        isolation = reader.choice(object["isolation"], at: "\(path).isolation") ?? isolation
        exposure = reader.exposure(object["exposure"], at: "\(path).exposure")
        sync = reader.sync(object["sync"], at: "\(path).sync")
        serviceAccount = reader.serviceAccount(object["serviceAccount"], at: "\(path).serviceAccount")
        plugins = reader.plugins(object["plugins"], at: "\(path).plugins")
        helmValues = reader.freeObject(object["helmValues"], at: "\(path).helmValues")
    }

    private static let keys = [
        "kubernetesVersion", "chartVersion", "distro", "replicas", "resources", "backingStore", "persistence", "quota",
        "innerQuotas", "isolation", "exposure", "sync", "serviceAccount", "plugins", "helmValues",
    ]
}

extension SpecReader {
    fileprivate mutating func resources(_ value: JSONValue?, at path: String) -> VClusterSpec.Resources {
        let object = object(value, at: path, known: ["requests", "limits"])
        return VClusterSpec.Resources(
            requests: computeResources(object["requests"], at: "\(path).requests"),
            limits: computeResources(object["limits"], at: "\(path).limits")
        )
    }

    private mutating func computeResources(_ value: JSONValue?, at path: String) -> VClusterSpec.ComputeResources {
        let object = object(value, at: path, known: ["cpu", "memory", "ephemeralStorage"])
        return VClusterSpec.ComputeResources(
            cpu: quantity(object["cpu"], at: "\(path).cpu"),
            memory: quantity(object["memory"], at: "\(path).memory"),
            ephemeralStorage: quantity(object["ephemeralStorage"], at: "\(path).ephemeralStorage")
        )
    }

    fileprivate mutating func backingStore(_ value: JSONValue?, at path: String) -> VClusterSpec.BackingStore {
        let object = object(value, at: path, known: ["type", "etcdReplicas", "endpoint", "tls"])
        var store = VClusterSpec.BackingStore()
        store.type = choice(object["type"], at: "\(path).type") ?? store.type
        store.etcdReplicas = int(object["etcdReplicas"], at: "\(path).etcdReplicas", in: 1...5) ?? store.etcdReplicas
        store.endpoint = string(object["endpoint"], at: "\(path).endpoint", lengthMax: 512)
        if let tls = object["tls"], !tls.isNull {
            let files = self.object(tls, at: "\(path).tls", known: ["caFile", "certFile", "keyFile"])
            store.tls = VClusterSpec.TLSFiles(
                caFile: required(files["caFile"], at: "\(path).tls.caFile"),
                certFile: required(files["certFile"], at: "\(path).tls.certFile"),
                keyFile: required(files["keyFile"], at: "\(path).tls.keyFile")
            )
        }
        return store
    }

    fileprivate mutating func persistence(_ value: JSONValue?, at path: String) -> VClusterSpec.Persistence {
        let object = object(value, at: path, known: ["enabled", "size", "storageClass"])
        return VClusterSpec.Persistence(
            enabled: bool(object["enabled"], at: "\(path).enabled"),
            size: quantity(object["size"], at: "\(path).size"),
            storageClass: string(object["storageClass"], at: "\(path).storageClass")
        )
    }

    fileprivate mutating func envelope(_ value: JSONValue?, at path: String) -> VClusterSpec.Envelope {
        let object = object(value, at: path, known: ["cpu", "memory", "storage", "gpus", "pods", "extended"])
        return VClusterSpec.Envelope(
            cpu: quantity(object["cpu"], at: "\(path).cpu"),
            memory: quantity(object["memory"], at: "\(path).memory"),
            storage: quantity(object["storage"], at: "\(path).storage"),
            gpus: int(object["gpus"], at: "\(path).gpus", in: 0...100_000),
            pods: int(object["pods"], at: "\(path).pods", in: 1...1_000_000),
            extended: extendedResources(object["extended"], at: "\(path).extended")
        )
    }

    private mutating func extendedResources(_ value: JSONValue?, at path: String) -> [String: Int] {
        let object = freeObject(value, at: path)
        guard object.count <= PortalLimits.Quotas.extendedMax else {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(PortalLimits.Quotas.extendedMax) entries")
            return [:]
        }
        var resources: [String: Int] = [:]
        for (name, value) in object {
            guard QuotaDimension.isExtendedResource(name) else {
                let hint = name == "nvidia.com/gpu" ? "has a field of its own: gpus" : "is not an extended resource"
                errors.add("\(path)[\"\(name)\"]", FieldErrorCode.invalidValue, hint)
                continue
            }
            resources[name] = int(value, at: "\(path)[\"\(name)\"]", in: 0...100_000)
        }
        return resources
    }

    fileprivate mutating func exposure(_ value: JSONValue?, at path: String) -> VClusterSpec.Exposure {
        let object = object(value, at: path, known: ["type", "ingress"])
        var exposure = VClusterSpec.Exposure()
        exposure.type = choice(object["type"], at: "\(path).type") ?? exposure.type
        if let ingress = object["ingress"], !ingress.isNull {
            let fields = self.object(ingress, at: "\(path).ingress", known: ["className", "host", "annotations"])
            exposure.ingress = VClusterSpec.Ingress(
                className: string(fields["className"], at: "\(path).ingress.className"),
                host: required(fields["host"], at: "\(path).ingress.host"),
                annotations: strings(
                    fields["annotations"],
                    at: "\(path).ingress.annotations",
                    countMax: VClusterSpec.annotationsMax
                )
            )
        }
        return exposure
    }

    fileprivate mutating func sync(_ value: JSONValue?, at path: String) -> VClusterSpec.Sync {
        let known = [
            "nodes", "persistentVolumes", "storageClasses", "ingresses", "priorityClasses", "networkPolicies",
            "podDisruptionBudgets",
        ]
        let object = object(value, at: path, known: known)
        return VClusterSpec.Sync(
            nodes: bool(object["nodes"], at: "\(path).nodes") ?? false,
            persistentVolumes: bool(object["persistentVolumes"], at: "\(path).persistentVolumes") ?? false,
            storageClasses: direction(object["storageClasses"], at: "\(path).storageClasses", whenTrue: .fromHost),
            ingresses: bool(object["ingresses"], at: "\(path).ingresses") ?? false,
            priorityClasses: direction(object["priorityClasses"], at: "\(path).priorityClasses", whenTrue: .toHost),
            networkPolicies: bool(object["networkPolicies"], at: "\(path).networkPolicies") ?? false,
            podDisruptionBudgets: bool(object["podDisruptionBudgets"], at: "\(path).podDisruptionBudgets") ?? false
        )
    }

    /// Reads a direction; `true` and `false` of the base API are its usual direction and off.
    private mutating func direction(
        _ value: JSONValue?,
        at path: String,
        whenTrue: VClusterSpec.SyncDirection
    ) -> VClusterSpec.SyncDirection? {
        if let flag = value?.bool { return flag ? whenTrue : .off }
        return choice(value, at: path)
    }

    fileprivate mutating func serviceAccount(_ value: JSONValue?, at path: String) -> VClusterSpec.ServiceAccount {
        let object = object(value, at: path, known: ["name", "annotations"])
        return VClusterSpec.ServiceAccount(
            name: string(object["name"], at: "\(path).name"),
            annotations: strings(
                object["annotations"],
                at: "\(path).annotations",
                countMax: VClusterSpec.annotationsMax
            )
        )
    }

    fileprivate mutating func plugins(_ value: JSONValue?, at path: String) -> [VClusterSpec.Plugin] {
        guard let value, !value.isNull else { return [] }
        guard let elements = value.array else {
            errors.add(path, FieldErrorCode.invalidType, "must be a list")
            return []
        }
        guard elements.count <= VClusterSpec.pluginsMax else {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(VClusterSpec.pluginsMax) entries")
            return []
        }
        return elements.enumerated().map { index, element in
            let object = object(element, at: "\(path)[\(index)]", known: ["name", "image", "config"])
            return VClusterSpec.Plugin(
                name: required(object["name"], at: "\(path)[\(index)].name"),
                image: required(object["image"], at: "\(path)[\(index)].image"),
                config: freeObject(object["config"], at: "\(path)[\(index)].config")
            )
        }
    }

    private mutating func required(_ value: JSONValue?, at path: String) -> String {
        guard let value, !value.isNull else {
            errors.add(path, FieldErrorCode.required, "is required")
            return ""
        }
        return string(value, at: path, lengthMax: 512) ?? ""
    }
}
