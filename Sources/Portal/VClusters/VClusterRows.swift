import FoundationEssentials
import JSON
public import Postgres

extension VClusterPhase: PostgresCodable {}
extension VClusterPhase: PostgresArrayElement {}
extension VClusterEnvironment: PostgresCodable {}
extension VClusterQoSClass: PostgresCodable {}

extension VCluster {
    /// Reads the columns of `VClusterQueries.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            tenantID: try row.decode("tenant_id"),
            tenantName: try row.decode("tenant_name"),
            tenantPath: try row.decode("tenant_path"),
            hostID: try row.decode("host_id"),
            hostName: try row.decode("host_name"),
            isSimulated: try row.decode("is_simulated"),
            name: try row.decode("name"),
            namespace: try row.decode("namespace"),
            release: try row.decode("release"),
            phase: try row.decode("phase"),
            reason: try row.decode("reason"),
            message: try row.decode("message"),
            spec: VClusterSpec(stored: try row.decode("spec")),
            generation: try row.decode("generation"),
            observedGeneration: try row.decode("observed_generation"),
            conditions: try row.decode("conditions", as: JSONValue.self).array?
                .compactMap(VClusterCondition.init(stored:)) ?? [],
            labels: try row.decode("labels", as: JSONValue.self).stringMembers,
            environment: try row.decode("environment"),
            qosClass: try row.decode("qos_class"),
            expiresAt: try row.decode("expires_at"),
            templateID: try row.decode("template_id"),
            endpoint: try row.decode("endpoint"),
            kubernetesVersion: try row.decode("kubernetes_version"),
            chartVersion: try row.decode("chart_version"),
            createdBy: try row.decode("created_by"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            deletedAt: try row.decode("deleted_at"),
            purgeAt: try row.decode("purge_at"),
            activeOperationID: try row.decode("active_operation_id"),
            version: try row.decode("version")
        )
    }
}

extension VClusterSummary {
    /// Reads the columns of `VClusterQueries.list`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            name: try row.decode("name"),
            tenantID: try row.decode("tenant_id"),
            tenantName: try row.decode("tenant_name"),
            hostID: try row.decode("host_id"),
            hostName: try row.decode("host_name"),
            isSimulated: try row.decode("is_simulated"),
            phase: try row.decode("phase"),
            reason: try row.decode("reason"),
            message: try row.decode("message"),
            labels: try row.decode("labels", as: JSONValue.self).stringMembers,
            environment: try row.decode("environment"),
            replicas: try row.decode("replicas"),
            kubernetesVersion: try row.decode("kubernetes_version"),
            expiresAt: try row.decode("expires_at"),
            purgeAt: try row.decode("purge_at"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"),
            activeOperationID: try row.decode("active_operation_id"),
            activeVerb: try row.decode("active_verb"),
            activeProgress: try row.decode("active_progress"),
            version: try row.decode("version")
        )
    }
}

extension JSONValue {
    /// The members of an object whose values are texts.
    var stringMembers: [String: String] {
        var members: [String: String] = [:]
        for (key, value) in object ?? JSONObject() {
            members[key] = value.string
        }
        return members
    }
}
