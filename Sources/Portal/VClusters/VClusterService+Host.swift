import FoundationEssentials
import JSON
import Postgres

extension VClusterService {
    /// A kubeconfig for a running vcluster: full control of what runs inside.
    ///
    /// Audited, never stored.
    ///
    /// - Returns: YAML with an address that works outside of the host.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.invalidPhase` unless it is `RUNNING`, `.unavailable` when
    ///   the host does not answer.
    public func kubeconfig(of id: VClusterID, as caller: Caller) async throws -> String {
        let vcluster = try await running(id, needing: .vclustersKubeconfig, what: "a kubeconfig", as: caller)
        let text = try await onHost(of: vcluster) { driver in try await driver.kubeconfig(vcluster.target) }
        // Written before the answer: nobody has a kubeconfig that the log knows nothing of.
        try await lifecycle(as: caller) { lifecycle in
            try await lifecycle.audit(.vclusterKubeconfig, of: vcluster, before: nil, after: nil)
        }
        return text
    }

    /// What a running vcluster requests and uses now.
    ///
    /// - Throws: `PortalError` `.notFound`, `.invalidPhase` unless it is `RUNNING`, `.unavailable`.
    public func usage(of id: VClusterID, as caller: Caller) async throws -> VClusterUsage {
        let vcluster = try await running(id, needing: .vclustersRead, what: "usage", as: caller)
        return try await onHost(of: vcluster) { driver in try await driver.usage(vcluster.target) }
    }

    /// The health checks of a vcluster as the host sees it now.
    ///
    /// - Throws: `PortalError` `.notFound`, `.unavailable`.
    public func observe(_ id: VClusterID, as caller: Caller) async throws -> Observation {
        let vcluster = try await get(id, as: caller)
        return try await onHost(of: vcluster) { driver in try await driver.observe(vcluster.target) }
    }

    /// The releases of a host, for adoption.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `hosts.manage`, `.unavailable`.
    public func releases(on hostID: HostID, as caller: Caller) async throws -> [DiscoveredRelease] {
        try caller.require(.hostsManage)
        let host = try await hosts.host(hostID)
        return try await onHost(host) { driver in try await driver.releases() }
    }

    /// Takes over a release that exists on a host.
    ///
    /// - Parameters:
    ///   - release: The Helm release.
    ///   - namespace: Its namespace.
    ///   - hostID: The host.
    ///   - tenantID: The tenant that will own it.
    ///   - name: Its name in the portal; nil takes the release's.
    ///   - caller: Who asks; needs `hosts.manage` and may create vclusters in the tenant.
    /// - Returns: The vcluster in `PENDING` and its operation.
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.alreadyExists`, `.conflict` for a release of another owner,
    ///   `.invalidArgument` for a name or a release that the portal could not work with.
    public func adopt(
        release: String,
        namespace: String,
        on hostID: HostID,
        for tenantID: TenantID,
        as name: String? = nil,
        by caller: Caller
    ) async throws -> VClusterChange {
        try caller.require(.hostsManage)
        let tenant = try await tenant(tenantID, as: caller)
        try caller.require(.vclustersCreate, onPath: tenant.path, noun: "tenant")
        let problems = NewVCluster.problems(name: name ?? release)
        if !problems.isEmpty { throw PortalError.invalid(problems) }
        let host = try await hosts.host(hostID)
        let found = try await onHost(host) { driver in
            try await driver.releases().first { $0.release == release && $0.namespace == namespace }
        }
        guard let found else { throw PortalError.notFound("release") }
        if let owner = found.managedBy {
            throw PortalError(
                .conflict,
                "The release \(release) belongs to the vcluster \(owner) already.",
                extensions: ["vclusterId": .string(owner)]
            )
        }
        let now = time.now()
        let vcluster = VCluster(
            id: VClusterID(),
            tenantID: tenantID,
            tenantName: tenant.name,
            tenantPath: tenant.path,
            hostID: host.id,
            hostName: host.name,
            isSimulated: host.isSimulated,
            name: name ?? release,
            namespace: namespace,
            release: release,
            phase: .pending,
            reason: nil,
            message: "",
            spec: VClusterSpec(adopting: found),
            generation: 1,
            observedGeneration: 0,
            conditions: [],
            labels: [:],
            environment: .development,
            qosClass: .burstable,
            expiresAt: nil,
            templateID: nil,
            endpoint: nil,
            kubernetesVersion: nil,
            chartVersion: nil,
            createdBy: caller.userID,
            createdAt: now,
            updatedAt: now,
            deletedAt: nil,
            purgeAt: nil,
            activeOperationID: nil,
            version: 1
        )
        return try await insert(vcluster, verb: .adopt, as: caller)
    }

    private func running(
        _ id: VClusterID,
        needing permission: Permission,
        what: String,
        as caller: Caller
    ) async throws -> VCluster {
        let vcluster = try await get(id, as: caller)
        try caller.require(permission, onPath: vcluster.tenantPath, reading: .vclustersRead, noun: "vcluster")
        if Permission.ruled.contains(permission) {
            let rules = try await AccessGuard(
                of: caller,
                onPath: vcluster.tenantPath,
                limits: limits,
                in: database.elevated(for: .accessRules)
            )
            try rules.require(permission, on: AccessAttributes(of: vcluster), at: time.now())
        }
        guard vcluster.phase == .running else {
            let next = vcluster.phase == .suspended ? "Resume it first." : "Wait until it is RUNNING."
            throw PortalError(
                .invalidPhase,
                "\(vcluster.name) is \(vcluster.phase.rawValue) and has no \(what.droppingArticle) now. \(next)",
                extensions: [
                    "phase": .string(vcluster.phase.rawValue),
                    "allowedActions": .array(vcluster.allowedActions.map { .string($0.rawValue) }),
                ]
            )
        }
        return vcluster
    }

    private func onHost<Result: Sendable>(
        of vcluster: VCluster,
        _ body: @escaping @Sendable (any HostDriver) async throws -> Result
    ) async throws -> Result {
        try await onHost(try await hosts.host(vcluster.hostID), body)
    }

    /// Calls a driver within the limit for requests; its failures are errors that people may see.
    private func onHost<Result: Sendable>(
        _ host: Host,
        _ body: @escaping @Sendable (any HostDriver) async throws -> Result
    ) async throws -> Result {
        do {
            return try await withTimeout(limits.vclusters.hostCallTimeout) { [hosts] in
                try await body(try await hosts.driver(host))
            }
        } catch let error as HostError {
            throw PortalError(wrapping: error)
        }
    }
}

extension String {
    fileprivate var droppingArticle: String { hasPrefix("a ") ? String(dropFirst(2)) : self }
}
