import JSON
import Portal

extension VCluster {
    /// The schema `VClusterSummary` of openapi.yaml, out of the whole vcluster.
    ///
    /// - Parameter activeOperation: The operation of `activeOperationID`.
    /// - Returns: The same members as `VClusterSummary.json`; a test compares them.
    func summaryJSON(activeOperation: Operation?) -> JSONValue {
        let whole = json
        var object = JSONObject()
        for key in Self.summaryKeys { object[key] = whole[key] ?? .null }
        object["replicas"] = JSONValue(spec.replicas)
        object["activeOperation"] =
            activeOperation.map { operation in
                [
                    "id": .string(operation.id.description), "verb": .string(operation.verb.rawValue),
                    "progress": JSONValue(operation.progress),
                ]
            } ?? .null
        return .object(object)
    }

    /// The members of the summary in their order.
    private static let summaryKeys = [
        "id", "name", "tenantId", "tenantName", "hostId", "hostName", "simulated", "phase", "reason", "message",
        "labels", "environment", "replicas", "kubernetesVersion", "expiresAt", "purgeAt", "createdAt", "updatedAt",
        "activeOperation", "allowedActions",
    ]
}
