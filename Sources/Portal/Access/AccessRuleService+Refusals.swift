import Postgres

extension AccessRuleService {
    /// What the rules refuse the caller on a vcluster now, as the actions themselves would.
    ///
    /// For pages, which say beforehand what would be refused. It costs one query where the tenant has no rules.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster.
    ///   - caller: Who would act.
    /// - Returns: The refusal for each permission that rules take away; that of creating for a copy of the vcluster, which
    ///   may go to another host.
    /// - Throws: `PostgresError`; `PortalError` `.internal` for a rule that cannot be read.
    public func refusals(on vcluster: VCluster, as caller: Caller) async throws -> [Permission: PortalError] {
        let rules = try await AccessGuard(
            of: caller,
            onPath: vcluster.tenantPath,
            limits: limits,
            in: database.elevated(for: .accessRules)
        )
        let attributes = AccessAttributes(of: vcluster)
        let elsewhere = AccessAttributes(
            tenantPath: vcluster.tenantPath,
            environment: vcluster.environment,
            labels: vcluster.labels
        )
        let now = time.now()
        func refusal(_ permission: Permission, on attributes: AccessAttributes) -> PortalError? {
            do {
                try rules.require(permission, on: attributes, at: now)
                return nil
            } catch {
                return error
            }
        }
        var refusals: [Permission: PortalError] = [:]
        for permission in Permission.ruled {
            let here = refusal(permission, on: attributes)
            // Where the copy goes is open: a rule about hosts leaves a way unless it refuses the same without a host.
            refusals[permission] =
                permission == .vclustersCreate && refusal(permission, on: elsewhere) == nil ? nil : here
        }
        return refusals
    }
}
