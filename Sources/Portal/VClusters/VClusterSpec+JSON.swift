public import JSON

extension VClusterSpec: JSONRepresentable {
    /// The spec as the API shows it: every field that has a value, defaults included.
    public var json: JSONValue {
        var object: JSONObject = [:]
        object["kubernetesVersion"] = kubernetesVersion.map { .string($0) }
        object["chartVersion"] = chartVersion.map { .string($0) }
        object["distro"] = .string(distro)
        object["replicas"] = replicas.json
        object["resources"] = resources.json
        object["backingStore"] = backingStore.json
        object["persistence"] = persistence.json
        object["quota"] = quota.json
        if !innerQuotas.isEmpty { object["innerQuotas"] = .array(innerQuotas.map(\.json)) }
        object["isolation"] = .string(isolation.rawValue)
        object["exposure"] = exposure.json
        object["sync"] = sync.json
        object["serviceAccount"] = serviceAccount.json
        object["plugins"] = .array(plugins.map(\.json))
        object["helmValues"] = .object(helmValues)
        return .object(object)
    }
}

extension VClusterSpec.ComputeResources: JSONRepresentable {
    /// An object with the amounts that are set.
    public var json: JSONValue {
        var object: JSONObject = [:]
        object["cpu"] = cpu.map { .string($0.description) }
        object["memory"] = memory.map { .string($0.description) }
        object["ephemeralStorage"] = ephemeralStorage.map { .string($0.description) }
        return .object(object)
    }
}

extension VClusterSpec.Resources: JSONRepresentable {
    /// `{"requests":{…},"limits":{…}}`.
    public var json: JSONValue { ["requests": requests.json, "limits": limits.json] }
}

extension VClusterSpec.Envelope: JSONRepresentable {
    /// An object with the limits that are set.
    public var json: JSONValue {
        var object: JSONObject = [:]
        object["cpu"] = cpu.map { .string($0.description) }
        object["memory"] = memory.map { .string($0.description) }
        object["storage"] = storage.map { .string($0.description) }
        object["gpus"] = gpus.map(\.json)
        object["pods"] = pods.map(\.json)
        if !extended.isEmpty {
            let pieces = extended.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
            object["extended"] = .object(JSONObject(pieces))
        }
        return .object(object)
    }
}

extension VClusterSpec.BackingStore: JSONRepresentable {
    /// The type and what belongs to it.
    public var json: JSONValue {
        var object: JSONObject = ["type": .string(type.rawValue)]
        if type == .deployedEtcd {
            object["etcdReplicas"] = etcdReplicas.json
        }
        object["endpoint"] = endpoint.map { .string($0) }
        object["tls"] = tls.map { files in
            [
                "caFile": .string(files.caFile), "certFile": .string(files.certFile),
                "keyFile": .string(files.keyFile),
            ]
        }
        return .object(object)
    }
}

extension VClusterSpec.Persistence: JSONRepresentable {
    /// An object with the fields that are set.
    public var json: JSONValue {
        var object: JSONObject = [:]
        object["enabled"] = enabled.map { .bool($0) }
        object["size"] = size.map { .string($0.description) }
        object["storageClass"] = storageClass.map { .string($0) }
        return .object(object)
    }
}

extension VClusterSpec.Exposure: JSONRepresentable {
    /// The type, and the ingress where there is one.
    public var json: JSONValue {
        var object: JSONObject = ["type": .string(type.rawValue)]
        object["ingress"] = ingress.map { ingress in
            var fields: JSONObject = ["host": .string(ingress.host)]
            fields["className"] = ingress.className.map { .string($0) }
            if !ingress.annotations.isEmpty {
                fields["annotations"] = JSONValue(strings: ingress.annotations)
            }
            return .object(fields)
        }
        return .object(object)
    }
}

extension VClusterSpec.Sync: JSONRepresentable {
    /// All switches; the two directions only where they are set.
    public var json: JSONValue {
        var object: JSONObject = [
            "nodes": .bool(nodes), "persistentVolumes": .bool(persistentVolumes), "ingresses": .bool(ingresses),
            "networkPolicies": .bool(networkPolicies), "podDisruptionBudgets": .bool(podDisruptionBudgets),
        ]
        object["storageClasses"] = storageClasses.map { .string($0.rawValue) }
        object["priorityClasses"] = priorityClasses.map { .string($0.rawValue) }
        return .object(object)
    }
}

extension VClusterSpec.ServiceAccount: JSONRepresentable {
    /// An object with the fields that are set.
    public var json: JSONValue {
        var object: JSONObject = [:]
        object["name"] = name.map { .string($0) }
        if !annotations.isEmpty {
            object["annotations"] = JSONValue(strings: annotations)
        }
        return .object(object)
    }
}

extension VClusterSpec.Plugin: JSONRepresentable {
    /// Name, image and configuration.
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "image": .string(image)]
        if !config.isEmpty {
            object["config"] = .object(config)
        }
        return .object(object)
    }
}

extension JSONValue {
    /// An object of texts in the order of their keys, so that equal dictionaries have equal texts.
    init(strings: [String: String]) {
        self = .object(JSONObject(strings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
