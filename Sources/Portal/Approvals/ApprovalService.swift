import FoundationEssentials
import Logging
import Postgres

/// Requests: who sees them, and what they are.
///
/// A request is seen by who filed it, by those who are asked or have decided, and by those who see the vclusters of its
/// tenant. For everybody else it does not exist.
public struct ApprovalService: Sendable {
    let database: PortalDatabase
    let time: any TimeSource
    let limits: PortalLimits
    let logger: Logger

    /// A page of requests, newest first.
    ///
    /// - Throws: `PortalError` `.notFound` for an invisible tenant, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(
        _ filter: ApprovalRequestFilter = ApprovalRequestFilter(),
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<ApprovalRequest> {
        if let tenantID = filter.tenantID {
            _ = try await TenantService.find(
                TenantQueries.byID(tenantID),
                requiring: .tenantsRead,
                as: caller,
                in: database.as(caller)
            )
        }
        let name = "requests-\(filter.view.rawValue)"
        let before: ApprovalRequestID? = try page.position(in: name)
        guard let scope = scope(filter.view, of: caller) else { return Page(items: []) }
        // Who filed a request or is asked sees it wherever it is; the condition on the user stands in the statement.
        let rows = try await database.elevated(for: .approvals).query(
            ApprovalRequestQueries.page(filter, scope, before: before, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try ApprovalRequest(row: $0) }, request: page, list: name, position: \.id)
    }

    /// How many requests wait for the caller, at most `PortalLimits.Approvals.countMax`.
    ///
    /// - Throws: `PostgresError`.
    public func countToDecide(as caller: Caller) async throws -> Int {
        guard let scope = scope(.toDecide, of: caller) else { return 0 }
        let query = ApprovalRequestQueries.countToDecide(scope, countMax: PortalLimits.Approvals.countMax)
        let rows = try await database.elevated(for: .approvals).query(query, idempotent: true)
        return try rows.first?.decode("requests") ?? 0
    }

    /// How many requests of all tenants wait; for the metrics of the server, not for users.
    ///
    /// - Throws: `PostgresError`.
    public func countWaiting() async throws -> Int {
        let query = ApprovalRequestQueries.countWaiting(countMax: PortalLimits.Approvals.waitingCountMax)
        return try await database.elevated(for: .metrics).query(query, idempotent: true).first?.decode("requests") ?? 0
    }

    /// One request with what was said about it, who is asked, and what it means for the quotas now.
    ///
    /// - Throws: `PortalError` `.notFound`; `PostgresError`.
    public func get(_ id: ApprovalRequestID, as caller: Caller) async throws -> ApprovalRequestDetail {
        let now = time.now()
        return try await database.elevated(for: .approvals).transaction(isolation: .repeatableRead, readOnly: true) {
            try await Self.detail(of: try await Self.find(id, as: caller, in: $0), as: caller, at: now, in: $0)
        }
    }
}

extension ApprovalService {
    /// A request that a caller sees, and what they are to it.
    struct Found: Sendable {
        let request: ApprovalRequest
        /// The present step asks them, and they may use that.
        let isAsked: Bool
        /// They filed it, or may do what who filed it may do.
        let isRequester: Bool
    }

    /// Finds a request.
    ///
    /// - Throws: `PortalError` `.notFound` when the caller has nothing to do with it.
    static func find(
        _ id: ApprovalRequestID,
        as caller: Caller,
        in elevated: some PostgresQueryable
    ) async throws -> Found {
        guard let row = try await elevated.query(ApprovalRequestQueries.byID(id, for: caller.userID)).first else {
            throw PortalError.notFound("request")
        }
        let request = try ApprovalRequest(row: row)
        let isParty = try row.decode("is_party", as: Bool.self)
        let isSeen =
            caller.has(.vclustersRead, onPath: request.tenantPath)
            || isParty && caller.mayUse(.vclustersRead, onPath: request.tenantPath)
        guard isSeen else { throw PortalError.notFound("request") }
        return Found(
            request: request,
            isAsked: try row.decode("is_asked") && caller.mayUse(.requestsDecide, onPath: request.tenantPath),
            isRequester: caller.userID == request.requesterID
        )
    }

    /// A request with everything around it.
    static func detail(
        of found: Found,
        as caller: Caller,
        at now: Date,
        in elevated: PortalTransaction
    ) async throws -> ApprovalRequestDetail {
        let request = found.request
        let rows = try await elevated.pipeline([
            ApprovalEntryQueries.entries(of: request.id, rowsMax: PortalLimits.Approvals.entriesMax),
            ApprovalEntryQueries.people(request.id, rowsMax: PortalLimits.Approvals.peopleShownMax),
            QuotaQueries.reservation(request.id.uuid),
        ])
        let isHeld = rows[2].first != nil
        let impact =
            request.state == .pending
            ? try await QuotaImpact.load(
                of: request.growth,
                onPath: request.tenantPath,
                isHeld: isHeld,
                in: elevated
            ) : request.impact
        let isOpen = request.state == .pending && request.expiresAt > now
        var actions: [ApprovalRequestDetail.Action] = []
        if isOpen, found.isAsked { actions += [.approve, .reject] }
        if isOpen, found.isRequester { actions.append(.cancel) }
        if isOpen, caller.userID != nil { actions.append(.comment) }
        return ApprovalRequestDetail(
            request: request.visible(to: caller),
            entries: try rows[0].reversed().map { row in
                try ApprovalEntry(row: row).visible(to: caller, onPath: request.tenantPath)
            },
            people: try rows[1].map { (try $0.decode("user_id"), try $0.decode("name")) },
            impact: impact.visible(to: caller, onPath: request.tenantPath),
            isHeld: isHeld && isOpen,
            allowedActions: actions
        )
    }

    private func scope(_ view: ApprovalRequestFilter.View, of caller: Caller) -> ApprovalRequestScope? {
        let inside = caller.scope?.tenantID
        switch view {
        case .all: return .visible(caller.visibility(holding: .vclustersRead))
        case .mine:
            guard let userID = caller.userID, caller.scope?.permissions?.contains(.vclustersRead) ?? true else {
                return nil
            }
            return .filed(by: userID, inside: inside)
        case .toDecide:
            guard let userID = caller.userID, caller.scope?.permissions?.contains(.requestsDecide) ?? true else {
                return nil
            }
            return .asked(userID, roots: caller.bindings.map(\.tenantID), inside: inside, at: time.now())
        }
    }
}

/// Which requests are wanted; nil and empty parts do not matter.
public struct ApprovalRequestFilter: Sendable {
    /// In whose eyes.
    public enum View: String, Sendable, Hashable, CaseIterable {
        /// All that the caller sees by their roles.
        case all
        /// Those that the caller filed.
        case mine
        /// Those that wait for the caller.
        case toDecide
    }

    /// In whose eyes.
    public var view = View.all
    /// Only those of this tenant and the tenants below.
    public var tenantID: TenantID?
    /// Only those about this vcluster.
    public var vclusterID: VClusterID?
    /// Only those in one of these states.
    public var states: Set<ApprovalRequest.State> = []

    /// All requests.
    public init() {}
}

extension Caller {
    /// Whether what somebody is allowed by their part in a request, and not by a role, is inside of the scope of the API
    /// token that they came with.
    fileprivate func mayUse(_ permission: Permission, onPath path: [TenantID]) -> Bool {
        guard let scope else { return true }
        return (scope.permissions?.contains(permission) ?? true) && (scope.tenantID.map(path.contains) ?? true)
    }
}

extension ApprovalRequest {
    /// The request without the levels of the quotas that a caller does not see.
    fileprivate func visible(to caller: Caller) -> ApprovalRequest {
        with(impact.visible(to: caller, onPath: tenantPath))
    }
}

extension ApprovalEntry {
    /// The entry without the levels of the quotas that a caller does not see.
    fileprivate func visible(to caller: Caller, onPath path: [TenantID]) -> ApprovalEntry {
        with(impact?.visible(to: caller, onPath: path))
    }
}
