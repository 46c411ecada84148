import FoundationEssentials
import JSON
import Logging
import Postgres

extension VClusterService {
    /// Runs a lifecycle change in one transaction.
    ///
    /// - Throws: `ApprovalPending` when a policy made a request of it; what the body throws.
    func lifecycle<Result: Sendable>(
        as caller: Caller,
        _ body: @Sendable (LifecycleTransaction) async throws -> Result
    ) async throws -> Result {
        let now = time.now()
        let outcome = try await explainingQuotas(as: caller) {
            try await database.as(caller).transaction { transaction in
                let lifecycle = LifecycleTransaction(transaction: transaction, caller: caller, now: now, limits: limits)
                return try await ApprovalPending.committing { try await body(lifecycle) }
            }
        }
        return try outcome.get()
    }

    /// Turns a refusal of the quotas into the error that says what is missing and who can raise it.
    private func explainingQuotas<Result: Sendable>(
        as caller: Caller,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let shortage as HostShortage {
            throw shortage.error
        } catch let refusal as QuotaRefusal {
            throw try await QuotaContacts.explain(refusal, to: caller, in: database)
        }
    }

    /// The change of a verb that needs nothing beside the vcluster.
    func change(
        _ id: VClusterID,
        _ action: VClusterAction,
        _ verb: OperationVerb,
        needing permission: Permission,
        ifMatch: String?,
        as caller: Caller
    ) async throws -> VClusterChange {
        try await lifecycle(as: caller) { lifecycle in
            try await lifecycle.begin(action, verb, on: id, needing: permission, ifMatch: ifMatch)
        }
    }

    /// Inserts a new vcluster and explains a name that is taken.
    func insert(
        _ vcluster: VCluster,
        verb: OperationVerb,
        as caller: Caller
    ) async throws -> VClusterChange {
        do {
            return try await lifecycle(as: caller) { try await $0.insert(vcluster, verb: verb) }
        } catch  where error.violates("vclusters_name_is_unique_in_tenant") {
            throw try await nameTaken(vcluster.name, in: vcluster.tenantID, as: caller)
        } catch  where error.violates("vclusters_namespace_is_unique_on_host") {
            throw PortalError(
                .alreadyExists,
                "The namespace \(vcluster.namespace) of the host \(vcluster.hostName) belongs to another vcluster."
            )
        }
    }

    /// Name and path of a tenant in the caller's world; what they may do there is not checked.
    ///
    /// - Throws: `PortalError` `.notFound`.
    func tenant(_ id: TenantID, as caller: Caller) async throws -> (name: String, path: [TenantID]) {
        guard let row = try await database.as(caller).query(VClusterQueries.tenant(id), idempotent: true).first else {
            throw PortalError.notFound("tenant")
        }
        return (try row.decode("name"), try row.decode("path"))
    }

    /// Spec and environment of a template; nil without an id.
    func template(
        _ id: TemplateID?,
        as caller: Caller
    ) async throws -> (spec: JSONValue, environment: VClusterEnvironment?)? {
        guard let id else { return nil }
        guard let row = try await database.as(caller).query(VClusterQueries.template(id), idempotent: true).first else {
            throw PortalError.invalid("templateId", FieldErrorCode.notFound, "is not the id of a template")
        }
        return (try row.decode("spec"), try row.decode("environment"))
    }

    /// Checks everything about a new vcluster that needs no host.
    func validated(_ new: NewVCluster, template: JSONValue?) throws(PortalError) -> VClusterSpec {
        var errors = FieldErrors()
        errors.add(NewVCluster.problems(name: new.name))
        errors.add(NewVCluster.problems(labels: new.labels))
        if let expiry = new.expiresAt, expiry <= time.now() {
            errors.add("expiresAt", FieldErrorCode.outOfRange, "must be in the future")
        }
        var spec = VClusterSpec()
        do {
            let json = template?.mergePatched(by: new.spec.isNull ? [:] : new.spec) ?? new.spec
            spec = try VClusterSpec(validating: json)
        } catch {
            errors.add(error.fields)
        }
        try errors.throwIfAny()
        return spec
    }

    /// Asks the driver about what only the chart knows; a host that cannot tell now is asked again by the operation.
    func checkOnHost(_ spec: VClusterSpec, host: Host) async throws {
        let problems: [FieldError]
        do {
            problems = try await withTimeout(limits.vclusters.hostCallTimeout) { [hosts] in
                try await hosts.driver(host).validate(spec)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            logger.info(
                "spec is not checked by the host yet",
                metadata: ["host": "\(host.name)", "error": "\(error)"]
            )
            return
        }
        if !problems.isEmpty { throw PortalError.invalid(problems) }
    }

    /// A namespace that no other vcluster of the host can have: prefix, name, and the random end of the id.
    static func namespace(prefix: String, name: String, id: VClusterID) -> String {
        let suffix = String(id.description.suffix(8))
        let room = 63 - prefix.utf8.count - suffix.utf8.count - 1
        var middle = String(name.prefix(room))
        while middle.hasSuffix("-") { middle.removeLast() }
        return "\(prefix)\(middle)-\(suffix)"
    }

    private func nameTaken(_ name: String, in tenantID: TenantID, as caller: Caller) async throws -> PortalError {
        let row = try await database.as(caller).query(
            VClusterQueries.phase(ofName: name, in: tenantID),
            idempotent: true
        ).first
        let isDeleted = try row?.decode("phase", as: VClusterPhase.self) == .deleted
        return PortalError(
            .alreadyExists,
            isDeleted
                ? "The tenant has a deleted vcluster named \(name) in its grace period. Bring it back, "
                    + "delete it for good, or choose another name."
                : "The tenant has a vcluster named \(name) already. Choose another name.",
            fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken in this tenant")]
        )
    }
}
