import FoundationEssentials
import JSON
import Postgres

/// All statements on single rows of `vclusters`; purged ones do not exist for any of them.
enum VClusterQueries {
    private static let columns: SQL = """
        v.id, v.tenant_id, t.name AS tenant_name, t.path AS tenant_path,
        v.host_id, h.name AS host_name, h.driver = 'simulated' AS is_simulated,
        v.name, v.namespace, v.release, v.phase, v.reason, v.message, v.spec, v.generation, v.observed_generation,
        v.conditions, v.labels, v.environment, v.qos_class, v.expires_at, v.template_id, v.endpoint,
        v.kubernetes_version, v.chart_version, v.created_by, v.created_at, v.updated_at, v.deleted_at, v.purge_at,
        v.active_operation_id, v.version
        """

    private static let tables: SQL = """
        vclusters AS v
        JOIN tenants AS t ON t.id = v.tenant_id
        JOIN hosts AS h ON h.id = v.host_id
        """

    /// One row or none, by the primary key; no lock.
    static func find(_ id: VClusterID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM \(sql: tables)
        WHERE v.id = \(id) AND v.purged_at IS NULL
        """
    }

    /// The same, and locks the row of the vcluster (alone) until the transaction ends.
    static func lock(_ id: VClusterID) -> SQL {
        find(id) + " FOR UPDATE OF v"
    }

    /// Inserts a row; violates `vclusters_name_is_unique_in_tenant` when the name is taken.
    static func insert(_ vcluster: VCluster) -> SQL {
        """
        INSERT INTO vclusters (
            id, tenant_id, host_id, template_id, active_operation_id, created_by, generation, created_at, updated_at,
            expires_at, replicas, name, namespace, release, phase, message, environment, qos_class, labels, spec
        ) VALUES (
            \(vcluster.id), \(vcluster.tenantID), \(vcluster.hostID), \(vcluster.templateID),
            \(vcluster.activeOperationID), \(vcluster.createdBy), \(vcluster.generation), \(vcluster.createdAt),
            \(vcluster.updatedAt), \(vcluster.expiresAt), \(vcluster.spec.replicas), \(vcluster.name),
            \(vcluster.namespace), \(vcluster.release), \(vcluster.phase), \(vcluster.message),
            \(vcluster.environment), \(vcluster.qosClass), \(JSONValue(strings: vcluster.labels)),
            \(vcluster.spec.json)
        )
        """
    }

    /// Writes back a row that is locked, spec included; the version grows by one.
    static func save(_ vcluster: VCluster, at now: Date) -> SQL {
        """
        UPDATE vclusters SET
            active_operation_id = \(vcluster.activeOperationID),
            generation = \(vcluster.generation),
            observed_generation = \(vcluster.observedGeneration),
            version = version + 1,
            updated_at = \(now),
            deleted_at = \(vcluster.deletedAt),
            purge_at = \(vcluster.purgeAt),
            expires_at = \(vcluster.expiresAt),
            replicas = \(vcluster.spec.replicas),
            phase = \(vcluster.phase),
            reason = \(vcluster.reason),
            message = \(vcluster.message),
            environment = \(vcluster.environment),
            qos_class = \(vcluster.qosClass),
            endpoint = \(vcluster.endpoint),
            kubernetes_version = \(vcluster.kubernetesVersion),
            chart_version = \(vcluster.chartVersion),
            labels = \(JSONValue(strings: vcluster.labels)),
            conditions = \(vcluster.conditions.json),
            spec = \(vcluster.spec.json)
        WHERE id = \(vcluster.id) AND purged_at IS NULL
        """
    }

    /// Ends the life of a row that is locked: it keeps its history and frees its name and its host.
    static func purge(_ id: VClusterID, at now: Date) -> SQL {
        """
        UPDATE vclusters SET
            phase = 'DELETED',
            reason = NULL,
            message = '',
            host_id = NULL,
            active_operation_id = NULL,
            deleted_at = coalesce(deleted_at, \(now)),
            purged_at = \(now),
            updated_at = \(now),
            version = version + 1
        WHERE id = \(id) AND purged_at IS NULL
        """
    }

    /// The phase of the vcluster that has a name in a tenant: one row or none.
    static func phase(ofName name: String, in tenantID: TenantID) -> SQL {
        """
        SELECT phase FROM vclusters
        WHERE tenant_id = \(tenantID) AND name = \(name) AND purged_at IS NULL
        """
    }

    /// Whether a namespace of a host belongs to a vcluster: one row or none.
    static func owner(ofNamespace namespace: String, on hostID: HostID) -> SQL {
        """
        SELECT id FROM vclusters
        WHERE host_id = \(hostID) AND namespace = \(namespace) AND purged_at IS NULL
        """
    }

    /// Name and path of a tenant: one row or none.
    static func tenant(_ id: TenantID) -> SQL {
        "SELECT name, path FROM tenants WHERE id = \(id)"
    }

    /// Name, spec and environment of a template: one row or none.
    static func template(_ id: TemplateID) -> SQL {
        "SELECT spec, environment FROM templates WHERE id = \(id)"
    }
}
