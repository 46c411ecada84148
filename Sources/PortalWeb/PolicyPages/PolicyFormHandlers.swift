import HTTPCore
import HTTPServer
import Portal

/// One policy: made, changed, removed.
enum PolicyFormHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPagePolicyNew) { try show($0, try await newScene($0)) }
        router.on(.post, .tenantPagePolicyNew) { try await submit($0, try await newScene($0)) }
        router.on(.get, .approvalPolicyPage) { try show($0, try await scene($0)) }
        router.on(.post, .approvalPolicyPage) { try await submit($0, try await scene($0)) }
        router.on(.post, .approvalPolicyPageDelete, handler: delete)
    }

    private static func newScene(_ context: RequestContext) async throws -> PolicyFormScene {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenant = try await context.services.tenants.get(id, as: caller)
        try caller.require(.approvalsManage, onPath: tenant.path, noun: "tenant")
        return try await PolicyFormScene(tenant, nil, context, as: caller)
    }

    private static func scene(_ context: RequestContext) async throws -> PolicyFormScene {
        let id: ApprovalPolicyID = try context.pathID()
        let caller = try context.requireCaller()
        let policy = try await context.services.approvalPolicies.get(id, as: caller)
        let tenant = try await context.services.tenants.get(policy.tenantID, as: caller)
        return try await PolicyFormScene(tenant, policy, context, as: caller)
    }

    private static func show(_ context: RequestContext, _ scene: PolicyFormScene) throws -> HTTPResponse {
        try respond(context, scene, PolicyForm(scene.policy?.content, scene.names))
    }

    private static func submit(_ context: RequestContext, _ scene: PolicyFormScene) async throws -> HTTPResponse {
        let service = context.services.approvalPolicies
        let form = PolicyForm(context.form)
        return try await context.submit("policy") { caller in
            let emails = (0..<PortalLimits.Approvals.stepsMax).flatMap { form.emails($0) }
            let users = try await service.people(emails: emails, at: scene.tenant.id, as: caller)
            try form.requireKnown(users)
            let json = try form.json(users: users, over: scene.policy?.content)
            let list = Route.tenantPagePolicies(scene.tenant.id).path
            guard let policy = scene.policy else {
                _ = try await service.create(json, at: scene.tenant.id, as: caller)
                return (list, .policyCreate)
            }
            _ = try await service.update(policy.id, json, ifMatch: form["version"], as: caller)
            return (list, .policyUpdate)
        } refused: {
            try respond(context, scene, form, refused: $0)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let scene = try await scene(context)
        guard let policy = scene.policy else { throw WebError.notFound() }
        return try await context.submit("delete") { caller in
            try await context.services.approvalPolicies.delete(policy.id, as: caller)
            return (Route.tenantPagePolicies(scene.tenant.id).path, .policyDelete)
        } refused: {
            try respond(context, scene, PolicyForm(policy.content, scene.names), refused: $0)
        }
    }

    private static func respond(
        _ context: RequestContext,
        _ scene: PolicyFormScene,
        _ form: PolicyForm,
        refused: RefusedForm? = nil
    ) throws -> HTTPResponse {
        let responder = PageResponder(context)
        let page = PolicyFormPage(scene, form, refused: refused, responder.writer)
        return try responder.respond(page, .init(section: .tenants, status: RefusedForm.status(of: refused)))
    }
}

extension PolicyForm {
    /// Checks that every e-mail belongs to somebody.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on the first step with one that does not.
    fileprivate func requireKnown(_ users: [String: UserID]) throws(PortalError) {
        for index in 0..<PortalLimits.Approvals.stepsMax {
            for email in emails(index) where users[email] == nil {
                throw .invalid("steps[\(index)].users", FieldErrorCode.notFound, "belongs to no account: \(email)")
            }
        }
    }
}

extension PolicyFormScene {
    /// Asks the domain for what the form offers; the parts that do not depend on each other at the same time.
    fileprivate init(
        _ tenant: Tenant,
        _ policy: ApprovalPolicy?,
        _ context: RequestContext,
        as caller: Caller
    ) async throws {
        let services = context.services
        let choices = try PageRequest(size: PortalLimits.Pages.sizeMax)
        let seesMembers = caller.has(.membersRead, onPath: tenant.path)
        let (steps, conditions) = (policy?.content.steps ?? [], [policy?.content.conditions].compactMap(\.self))
        async let lineage = services.tenants.lineage(of: [tenant.id], as: caller)
        async let roles = seesMembers ? services.roles.list(usableAt: tenant.id, choices, as: caller).items : []
        async let hosts = caller.has(.hostsRead) ? services.hosts.list(choices, as: caller).items : []
        async let templates = caller.has(.templatesRead) ? services.templates.list(choices, as: caller).items : []
        async let names = services.approvalPolicies.names(in: steps, conditions, as: caller)
        self.init(
            tenant: tenant,
            lineage: try await lineage,
            policy: policy,
            roles: try await roles.filter { $0.permissions.contains(.requestsDecide) },
            hosts: try await hosts,
            templates: try await templates,
            names: try await names,
            mayChange: caller.has(.approvalsManage, onPath: tenant.path)
        )
    }
}
