public import JSON
public import Portal

/// The values document of a vcluster, generated from its spec for charts ≥ 0.20.
///
/// Order of precedence, lowest first: the host's defaults, what the spec's fields say, the host's `helmValues`, the
/// spec's `helmValues`, and the portal's own ownership labels, which nobody can take away.
/// Source: the mapping table of vcluster's API project to `vcluster.yaml`; every key is one of the chart's schema.
public struct HelmValues: Sendable {
    /// What the driver knows and the spec does not.
    public struct Context: Sendable, Hashable {
        /// Defaults of the host.
        public var settings: HelmHostSettings
        /// Labels for the workload that say whose it is.
        public var ownerLabels: [String: String]
        /// Node port that Service NAME has already for `https`; pinned, because an upgrade would draw a new one.
        public var httpsNodePort: Int?
        /// Node port that Service NAME has already for `kubelet`.
        public var kubeletNodePort: Int?
        /// Namespace of the release.
        public var namespace: String
        /// Name of the release.
        public var release: String

        /// Creates a context.
        public init(
            settings: HelmHostSettings,
            release: String,
            namespace: String,
            ownerLabels: [String: String] = [:],
            httpsNodePort: Int? = nil,
            kubeletNodePort: Int? = nil
        ) {
            self.settings = settings
            self.release = release
            self.namespace = namespace
            self.ownerLabels = ownerLabels
            self.httpsNodePort = httpsNodePort
            self.kubeletNodePort = kubeletNodePort
        }
    }

    private let spec: VClusterSpec
    private let context: Context

    /// Prepares the generation for one spec.
    public init(spec: VClusterSpec, context: Context) {
        self.spec = spec
        self.context = context
    }

    /// The whole document, ready for `--values`.
    public var document: JSONObject {
        var document =
            generated
            .valuesMerged(with: context.settings.helmValues)
            .valuesMerged(with: spec.helmValues)
        for (key, value) in context.ownerLabels.sorted(by: { $0.key < $1.key }) {
            document.set("controlPlane", "statefulSet", "labels", key, to: .string(value))
        }
        return document
    }

    /// What the spec's fields and the host's defaults say, before anybody's `helmValues`.
    var generated: JSONObject {
        var values = JSONObject()
        setControlPlane(in: &values)
        setBackingStore(in: &values)
        setExposure(in: &values)
        HelmPolicies(spec: spec, exposure: exposure).set(in: &values)
        setSync(in: &values)
        setPlugins(in: &values)
        values.set("telemetry", "enabled", to: false)
        return values
    }

    /// The exposure that counts: a spec that says nothing gets the host's.
    ///
    /// An ingress needs a host name that only a spec can give, so the host's default cannot be one.
    var exposure: VClusterSpec.Exposure {
        guard spec.exposure == VClusterSpec.Exposure(), context.settings.exposure != .ingress else {
            return spec.exposure
        }
        return VClusterSpec.Exposure(type: context.settings.exposure)
    }

    private func setControlPlane(in values: inout JSONObject) {
        values.set("controlPlane", "distro", "k8s", "version", to: spec.kubernetesVersion.map { .string($0) })
        values.set(
            "controlPlane",
            "statefulSet",
            "highAvailability",
            "replicas",
            to: .number(JSONNumber(spec.replicas))
        )
        let requests = Self.resources(spec.resources.requests)
        let limits = Self.resources(spec.resources.limits)
        if !requests.isEmpty {
            values.set("controlPlane", "statefulSet", "resources", "requests", to: .object(requests))
        }
        if !limits.isEmpty {
            values.set("controlPlane", "statefulSet", "resources", "limits", to: .object(limits))
        }
        if spec.replicas > 1 {
            values.set(
                "controlPlane",
                "advanced",
                "podDisruptionBudget",
                to: ["enabled": true, "maxUnavailable": 1]
            )
        }
        values.set(
            "controlPlane",
            "advanced",
            "serviceAccount",
            "name",
            to: spec.serviceAccount.name.map { .string($0) }
        )
        if !spec.serviceAccount.annotations.isEmpty {
            values.set(
                "controlPlane",
                "advanced",
                "serviceAccount",
                "annotations",
                to: .object(JSONObject(texts: spec.serviceAccount.annotations))
            )
        }
    }

    private static func resources(_ resources: VClusterSpec.ComputeResources) -> JSONObject {
        var object = JSONObject()
        object["cpu"] = resources.cpu.map(\.json)
        object["memory"] = resources.memory.map(\.json)
        object["ephemeral-storage"] = resources.ephemeralStorage.map(\.json)
        return object
    }

    private func setBackingStore(in values: inout JSONObject) {
        let store = spec.backingStore
        switch store.type {
        case .embeddedDatabase:
            values.set("controlPlane", "backingStore", "database", "embedded", "enabled", to: true)
            setVolumeClaim(in: &values, "controlPlane", "statefulSet")
        case .deployedEtcd:
            values.set("controlPlane", "backingStore", "etcd", "deploy", "enabled", to: true)
            values.set(
                "controlPlane",
                "backingStore",
                "etcd",
                "deploy",
                "statefulSet",
                "highAvailability",
                "replicas",
                to: .number(JSONNumber(store.etcdReplicas))
            )
            setVolumeClaim(in: &values, "controlPlane", "backingStore", "etcd", "deploy", "statefulSet")
        case .externalEtcd:
            values.set("controlPlane", "backingStore", "etcd", "external", "enabled", to: true)
            values.set(
                "controlPlane",
                "backingStore",
                "etcd",
                "external",
                "endpoint",
                to: store.endpoint.map { .string($0) }
            )
            if let tls = store.tls {
                values.set(
                    "controlPlane",
                    "backingStore",
                    "etcd",
                    "external",
                    "tls",
                    to: [
                        "caFile": .string(tls.caFile), "certFile": .string(tls.certFile),
                        "keyFile": .string(tls.keyFile),
                    ]
                )
            }
        }
    }

    private func setVolumeClaim(in values: inout JSONObject, _ owner: String...) {
        var claim = JSONObject()
        claim["enabled"] = spec.persistence.enabled.map { .bool($0) }
        claim["size"] = spec.persistence.size.map(\.json)
        claim["storageClass"] = (spec.persistence.storageClass ?? context.settings.storageClass).map { .string($0) }
        guard !claim.isEmpty else { return }
        var document: JSONValue = ["persistence": ["volumeClaim": .object(claim)]]
        for key in owner.reversed() { document = .object([key: document]) }
        values = values.valuesMerged(with: document.object ?? [:])
    }

    private func setPlugins(in values: inout JSONObject) {
        for plugin in spec.plugins {
            var object: JSONObject = ["image": .string(plugin.image)]
            if !plugin.config.isEmpty { object["config"] = .object(plugin.config) }
            values.set("plugins", plugin.name, to: .object(object))
        }
    }
}

extension HelmValues {
    private func setExposure(in values: inout JSONObject) {
        var names = ["\(context.release).\(context.namespace).svc"]
        switch exposure.type {
        case .clusterIP:
            values.set("controlPlane", "service", "spec", "type", to: "ClusterIP")
        case .nodePort:
            values.set("controlPlane", "service", "spec", "type", to: "NodePort")
            setNodePorts(in: &values)
            names += [context.settings.nodePortHost].compactMap(\.self)
        case .loadBalancer:
            values.set("controlPlane", "service", "spec", "type", to: "LoadBalancer")
            values.set("controlPlane", "service", "httpsNodePort", to: context.httpsNodePort.map(Self.number))
        case .ingress:
            values.set("controlPlane", "service", "spec", "type", to: "ClusterIP")
            if let ingress = exposure.ingress {
                setIngress(ingress, in: &values)
                names.append(ingress.host)
            }
        }
        let configured = ServerAddress.host(
            ofTemplate: context.settings.serverAddress,
            release: context.release,
            namespace: context.namespace
        )
        names += [configured].compactMap(\.self)
        var seen: Set<String> = []
        let unique = names.filter { seen.insert($0).inserted }
        values.set("controlPlane", "proxy", "extraSANs", to: .array(unique.map { .string($0) }))
    }

    private func setNodePorts(in values: inout JSONObject) {
        values.set("controlPlane", "service", "httpsNodePort", to: context.httpsNodePort.map(Self.number))
        values.set("controlPlane", "service", "kubeletNodePort", to: context.kubeletNodePort.map(Self.number))
    }

    private func setIngress(_ ingress: VClusterSpec.Ingress, in values: inout JSONObject) {
        values.set("controlPlane", "ingress", "enabled", to: true)
        values.set("controlPlane", "ingress", "host", to: .string(ingress.host))
        values.set(
            "controlPlane",
            "ingress",
            "spec",
            "ingressClassName",
            to: ingress.className.map { .string($0) }
        )
        if !ingress.annotations.isEmpty {
            values.set("controlPlane", "ingress", "annotations", to: .object(JSONObject(texts: ingress.annotations)))
        }
        values.set("exportKubeConfig", "server", to: .string("https://\(ingress.host)"))
    }

    private func setSync(in values: inout JSONObject) {
        func enable(_ direction: String, _ kind: String, _ isEnabled: Bool = true) {
            values.set("sync", direction, kind, "enabled", to: .bool(isEnabled))
        }
        let sync = spec.sync
        if sync.nodes { enable("fromHost", "nodes") }
        if sync.persistentVolumes { enable("toHost", "persistentVolumes") }
        if sync.ingresses {
            enable("toHost", "ingresses")
            enable("fromHost", "ingressClasses")
        }
        if sync.networkPolicies { enable("toHost", "networkPolicies") }
        if sync.podDisruptionBudgets { enable("toHost", "podDisruptionBudgets") }
        // The chart excludes both directions at once, so the other one is always written down as off.
        for (kind, direction) in [("storageClasses", sync.storageClasses), ("priorityClasses", sync.priorityClasses)] {
            guard let direction else { continue }
            enable("toHost", kind, direction == .toHost)
            enable("fromHost", kind, direction == .fromHost)
        }
    }

    private static func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
}
