import FoundationEssentials
public import Logging
public import Postgres

/// All services of the domain over one database: what the web layer, the command line and the tests hold.
public struct PortalServices: Sendable {
    /// The clock of the domain.
    public let time: any TimeSource
    /// Sign-in, sessions, tokens, users.
    public let identity: IdentityService
    /// The roles that can be given.
    public let roles: RoleService
    /// Groups of users.
    public let groups: GroupService
    /// Who may do what, and why.
    public let access: AccessService
    /// Sign-in at identity providers.
    public let providers: ProviderSignInService
    /// The tree of tenants and its members.
    public let tenants: TenantService
    /// Limits of tenants and what is left of them.
    public let quotas: QuotaService
    /// Host clusters and their credentials.
    public let hosts: HostService
    /// Named starting points for vclusters.
    public let templates: TemplateService
    /// VClusters.
    public let vclusters: VClusterService
    /// Operations.
    public let operations: OperationService
    /// Rules by attributes.
    public let accessRules: AccessRuleService
    /// What has to be approved, and by whom.
    public let approvalPolicies: ApprovalPolicyService
    /// Changes that wait for approval.
    public let approvals: ApprovalService
    /// The audit log.
    public let audit: AuditService
    /// Answers to requests that are repeated.
    public let idempotency: IdempotencyService
    /// The feed of changes; run it for subscriptions to work.
    public let changes: ChangeFeed
    /// Carries out operations while it runs.
    public let worker: OperationWorker
    /// Deletes, purges and sweeps while it runs.
    public let reaper: Reaper
    /// Removes ended sessions and idempotency keys while it runs.
    public let housekeeper: Housekeeper
    /// Watches vclusters at rest while it runs.
    public let driftWatcher: DriftWatcher
    /// Keep quotas and hosts in order while they run.
    public let keepers: Keepers

    /// Wires the services; nothing runs until `changes`, `worker`, `reaper` and `driftWatcher` are run.
    ///
    /// - Parameters:
    ///   - database: The one store.
    ///   - time: The clock of the domain.
    ///   - secretBox: Seals the credentials of hosts.
    ///   - drivers: Makes the drivers of hosts.
    ///   - limits: All bounds.
    ///   - passwordPolicy: What new passwords are accepted.
    ///   - providers: Who else says who a user is.
    ///   - logger: Where the services that run log to.
    ///   - workerName: Names this process in the leases of operations; nil makes one up.
    public init(
        database: PostgresDatabase,
        time: any TimeSource,
        secretBox: SecretBox,
        drivers: any HostDriverFactory,
        limits: PortalLimits = PortalLimits(),
        passwordPolicy: PasswordPolicy = PasswordPolicy(),
        providers: [any IdentityProvider] = [],
        logger: Logger,
        workerName: String? = nil
    ) {
        let portal = PortalDatabase(database)
        let hosts = HostService(database: database, time: time, secretBox: secretBox, drivers: drivers, limits: limits)
        let system = Caller.system("operations")
        let connections = HostConnections(
            factory: drivers,
            lookup: { try await hosts.get($0, as: system) },
            credentials: { try await hosts.credentials(for: $0, as: system) },
            snapshotStorage: { try await hosts.snapshotStorage(of: $0, as: system) }
        )
        self.time = time
        identity = IdentityService(database: database, time: time, limits: limits, passwordPolicy: passwordPolicy)
        roles = RoleService(database: database, time: time, limits: limits)
        groups = GroupService(database: database, time: time, limits: limits)
        self.providers = ProviderSignInService(identity: identity, groups: groups, providers: providers, logger: logger)
        access = AccessService(database: database, time: time, limits: limits)
        tenants = TenantService(database: database, time: time, limits: limits)
        quotas = QuotaService(database: portal, time: time, limits: limits)
        self.hosts = hosts
        templates = TemplateService(database: database, time: time, limits: limits)
        vclusters = VClusterService(
            database: portal,
            time: time,
            hosts: connections,
            limits: limits,
            logger: logger
        )
        operations = OperationService(database: portal, time: time, limits: limits)
        accessRules = AccessRuleService(database: portal, time: time, limits: limits)
        approvalPolicies = ApprovalPolicyService(database: portal, time: time, limits: limits)
        approvals = ApprovalService(database: portal, time: time, limits: limits, logger: logger)
        audit = AuditService(database: database, limits: limits)
        idempotency = IdempotencyService(database: database, time: time, limits: limits)
        let sweeping = limits.housekeeping
        housekeeper = Housekeeper(identity: identity, idempotency: idempotency, limits: sweeping, logger: logger)
        changes = ChangeFeed(database: portal, limits: limits, logger: logger)
        worker = OperationWorker(
            owner: workerName
                ?? "\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8).lowercased())",
            database: portal,
            time: time,
            hosts: connections,
            limits: limits,
            logger: logger
        )
        reaper = Reaper(
            database: portal.elevated(for: .reaping),
            time: time,
            limits: limits,
            logger: logger
        )
        keepers = Keepers(portal, time: time, hosts: connections, limits: limits, logger: logger)
        driftWatcher = DriftWatcher(
            database: portal.elevated(for: .driftWatching),
            time: time,
            hosts: connections,
            limits: limits,
            logger: logger
        )
    }
}
