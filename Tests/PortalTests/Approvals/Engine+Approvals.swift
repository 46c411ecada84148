import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

extension Engine {
    var approvals: ApprovalService { services.approvals }

    /// A policy at Payments, or elsewhere, that asks the manager about creations unless `more` says otherwise.
    @discardableResult
    func policy(
        _ more: JSONObject = [:],
        named name: String = "Ask first",
        at tenant: Tenant? = nil,
        as caller: Caller? = nil
    ) async throws -> ApprovalPolicy {
        var object = more
        object["name"] = .string(name)
        object["verbs"] = object["verbs"] ?? ["create"]
        object["steps"] = object["steps"] ?? [["role": "manager"]]
        return try await services.approvalPolicies.create(
            .object(object),
            at: (tenant ?? acme.payments).id,
            as: caller ?? acme.manager
        )
    }

    /// Runs what has to become a request.
    func requested<Value: Sendable>(
        _ body: () async throws -> Value,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ApprovalRequest {
        do {
            _ = try await body()
        } catch let pending as ApprovalPending {
            return pending.request
        }
        Issue.record("it was not held up", sourceLocation: sourceLocation)
        throw TimedOut(what: "a request")
    }

    /// A request of the member of Payments for a vcluster.
    func requestCreation(_ name: String = "web", spec: JSONValue = [:]) async throws -> ApprovalRequest {
        try await requested { try await create(name, spec: spec) }
    }

    func request(_ id: ApprovalRequestID) async throws -> ApprovalRequest {
        try await approvals.get(id, as: .system("test")).request
    }

    /// What is held of a tenant's subtree.
    func held(_ id: TenantID? = nil) async throws -> QuotaAmounts {
        let id = id ?? acme.payments.id
        return try await PortalDatabase(database).elevated(for: .quotaChain).transaction {
            try await QuotaSnapshot.load([id], in: $0).levels[id]?.use.held ?? .zero
        }
    }

    /// Another person with a role.
    func person(_ name: String, _ role: Role?, at tenant: Tenant) async throws -> Caller {
        let user = try await services.identity.ensureUser(
            NewUser(email: "\(name)@acme.example", name: name, password: TestOrganization.password),
            as: .system("test")
        )
        guard let role else { return Caller.make(user) }
        try await services.tenants.addMember(user.id, role: role, to: tenant.id, as: .system("test"))
        return Caller.make(user, [(role, tenant)])
    }

    /// The counters equal the reservations.
    func requireExactCounters(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let pass = try await services.keepers.reconciler.runOnce()
        #expect(pass.repaired.isEmpty, sourceLocation: sourceLocation)
    }
}

/// What a body is refused with.
func refusalCode<Value: Sendable>(_ body: () async throws -> Value) async throws -> PortalError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as PortalError {
        return error.code
    }
}
