public import FoundationEssentials
public import JSON

/// A virtual Kubernetes cluster: the resource that people manage.
public struct VCluster: Sendable, Hashable, Identifiable {
    /// The id.
    public var id: VClusterID
    /// The tenant that owns it.
    public var tenantID: TenantID
    /// The name of that tenant.
    public var tenantName: String
    /// The tenant and its ancestors, root first.
    public var tenantPath: [TenantID]
    /// The host it lives on.
    public var hostID: HostID
    /// The name of that host.
    public var hostName: String
    /// The host is not real; API and pages always say so.
    public var isSimulated: Bool
    /// The name, unique in the tenant.
    public var name: String
    /// The namespace on the host.
    public var namespace: String
    /// The Helm release.
    public var release: String
    /// Where it is in its life.
    public var phase: VClusterPhase
    /// Why it is in `ERROR`: a `HostFailureReason` or another CamelCase word; nil otherwise.
    public var reason: String?
    /// What happened and what to try, for a person; may be empty.
    public var message: String
    /// What it should be.
    public var spec: VClusterSpec
    /// Grows with every change of the spec, from 1.
    public var generation: Int64
    /// The generation that the host was last brought to; less than `generation` while a change is on its way.
    public var observedGeneration: Int64
    /// What the portal knows about it beside the phase.
    public var conditions: [VClusterCondition]
    /// Labels that people gave it.
    public var labels: [String: String]
    /// What it is for.
    public var environment: VClusterEnvironment
    /// How much of its resources it can rely on.
    public var qosClass: VClusterQoSClass
    /// When it deletes itself; nil for never.
    public var expiresAt: Date?
    /// The template it was made from.
    public var templateID: TemplateID?
    /// The address of its API server; nil until it ran once.
    public var endpoint: String?
    /// The version that its API server runs; nil until it ran once.
    public var kubernetesVersion: String?
    /// The chart version that was installed; nil until it ran once.
    public var chartVersion: String?
    /// Who made it; nil for the portal itself.
    public var createdBy: UserID?
    /// When it was made.
    public var createdAt: Date
    /// When anything about it changed last.
    public var updatedAt: Date
    /// When its soft deletion was asked for.
    public var deletedAt: Date?
    /// When it is removed for good.
    public var purgeAt: Date?
    /// The operation that is changing it.
    public var activeOperationID: OperationID?
    /// Grows with every change of the row; the entity tag.
    public var version: Int64

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }

    /// What the phase table allows now.
    public var allowedActions: [VClusterAction] { phase.allowedActions }

    /// The coordinates for the driver.
    public var target: VClusterTarget {
        VClusterTarget(
            id: id,
            name: name,
            namespace: namespace,
            release: release,
            tenantID: tenantID,
            hostID: hostID,
            generation: generation,
            labels: labels
        )
    }
}

extension VCluster: JSONRepresentable {
    /// The schema `VCluster` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.description),
            "name": .string(name),
            "tenantId": .string(tenantID.description),
            "tenantName": .string(tenantName),
            "hostId": .string(hostID.description),
            "hostName": .string(hostName),
            "simulated": .bool(isSimulated),
            "namespace": .string(namespace),
            "release": .string(release),
            "phase": .string(phase.rawValue),
            "reason": reason.json,
            "message": .string(message),
            "spec": spec.json,
            "generation": generation.json,
            "observedGeneration": observedGeneration.json,
            "conditions": conditions.json,
            "labels": JSONValue(strings: labels),
            "environment": .string(environment.rawValue),
            "qosClass": .string(qosClass.rawValue),
        ]
        object["expiresAt"] = JSONValue(time: expiresAt)
        object["templateId"] = JSONValue(id: templateID)
        object["endpoint"] = endpoint.json
        object["kubernetesVersion"] = kubernetesVersion.json
        object["chartVersion"] = chartVersion.json
        object["createdBy"] = JSONValue(id: createdBy)
        object["createdAt"] = JSONValue(time: createdAt)
        object["updatedAt"] = JSONValue(time: updatedAt)
        object["deletedAt"] = JSONValue(time: deletedAt)
        object["purgeAt"] = JSONValue(time: purgeAt)
        object["activeOperationId"] = JSONValue(id: activeOperationID)
        object["allowedActions"] = .array(allowedActions.map { .string($0.rawValue) })
        return .object(object)
    }
}

extension JSONValue {
    /// A time as RFC 3339 text, or `null`.
    init(time: Date?) {
        self = time.map { .string(RFC3339.format($0)) } ?? .null
    }

    /// An id as text, or `null`.
    init<Entity>(id: TypedID<Entity>?) {
        self = id.map { .string($0.description) } ?? .null
    }
}
