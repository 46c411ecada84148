import FoundationEssentials

extension VCluster {
    /// A new vcluster that nothing was made of yet.
    init(
        pending new: NewVCluster,
        of tenant: (name: String, path: [TenantID]),
        on host: Host,
        spec: VClusterSpec,
        at now: Date
    ) {
        let id = VClusterID()
        self.init(
            id: id,
            tenantID: new.tenantID,
            tenantName: tenant.name,
            tenantPath: tenant.path,
            hostID: host.id,
            hostName: host.name,
            isSimulated: host.isSimulated,
            name: new.name,
            namespace: VClusterService.namespace(prefix: host.namespacePrefix, name: new.name, id: id),
            release: new.name,
            phase: .pending,
            reason: nil,
            message: "",
            spec: spec,
            generation: 1,
            observedGeneration: 0,
            conditions: [],
            labels: new.labels,
            environment: .development,
            qosClass: new.qosClass,
            expiresAt: new.expiresAt,
            templateID: new.templateID,
            endpoint: nil,
            kubernetesVersion: nil,
            chartVersion: nil,
            createdBy: nil,
            createdAt: now,
            updatedAt: now,
            deletedAt: nil,
            purgeAt: nil,
            activeOperationID: nil,
            version: 1
        )
    }
}
