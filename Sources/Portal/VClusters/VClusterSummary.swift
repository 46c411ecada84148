public import FoundationEssentials
public import JSON

/// A vcluster as lists show it: without its spec, so that a page of fifty is read in milliseconds.
public struct VClusterSummary: Sendable, Hashable, Identifiable {
    /// The id; newer ones are greater.
    public var id: VClusterID
    /// The name, unique in the tenant.
    public var name: String
    /// The tenant that owns it.
    public var tenantID: TenantID
    /// The name of that tenant.
    public var tenantName: String
    /// The host it lives on.
    public var hostID: HostID
    /// The name of that host.
    public var hostName: String
    /// The host is not real.
    public var isSimulated: Bool
    /// Where it is in its life.
    public var phase: VClusterPhase
    /// Why it is in `ERROR`.
    public var reason: String?
    /// What happened and what to try; may be empty.
    public var message: String
    /// Labels that people gave it.
    public var labels: [String: String]
    /// What it is for.
    public var environment: VClusterEnvironment
    /// Control-plane replicas of the spec.
    public var replicas: Int
    /// The version that its API server runs; nil until it ran once.
    public var kubernetesVersion: String?
    /// When it deletes itself.
    public var expiresAt: Date?
    /// When it is removed for good.
    public var purgeAt: Date?
    /// When it was made.
    public var createdAt: Date
    /// When anything about it changed last.
    public var updatedAt: Date
    /// The operation that is changing it.
    public var activeOperationID: OperationID?
    /// What that operation does.
    public var activeVerb: OperationVerb?
    /// How far it is, 0 … 100.
    public var activeProgress: Int?
    /// The version of the row.
    public var version: Int64
}

extension VClusterSummary: JSONRepresentable {
    /// The schema `VClusterSummary` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.description),
            "name": .string(name),
            "tenantId": .string(tenantID.description),
            "tenantName": .string(tenantName),
            "hostId": .string(hostID.description),
            "hostName": .string(hostName),
            "simulated": .bool(isSimulated),
            "phase": .string(phase.rawValue),
            "reason": reason.json,
            "message": .string(message),
            "labels": JSONValue(strings: labels),
            "environment": .string(environment.rawValue),
            "replicas": replicas.json,
            "kubernetesVersion": kubernetesVersion.json,
        ]
        object["expiresAt"] = JSONValue(time: expiresAt)
        object["purgeAt"] = JSONValue(time: purgeAt)
        object["createdAt"] = JSONValue(time: createdAt)
        object["updatedAt"] = JSONValue(time: updatedAt)
        object["activeOperation"] =
            if let activeOperationID, let activeVerb, let activeProgress {
                [
                    "id": .string(activeOperationID.description), "verb": .string(activeVerb.rawValue),
                    "progress": activeProgress.json,
                ]
            } else {
                .null
            }
        object["allowedActions"] = .array(phase.allowedActions.map { .string($0.rawValue) })
        return .object(object)
    }
}
