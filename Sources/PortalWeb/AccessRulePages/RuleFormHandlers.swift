import HTTPCore
import HTTPServer
import Portal

/// One rule: made, looked at before it is saved, changed, removed.
enum RuleFormHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageRuleNew) { try show($0, try await newScene($0)) }
        router.on(.post, .tenantPageRuleNew) { try await submit($0, try await newScene($0)) }
        router.on(.get, .accessRulePage) { try show($0, try await scene($0)) }
        router.on(.post, .accessRulePage) { try await submit($0, try await scene($0)) }
        router.on(.post, .accessRulePageDelete, handler: delete)
    }

    private static func newScene(_ context: RequestContext) async throws -> RuleFormScene {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let tenant = try await context.services.tenants.get(id, as: caller)
        try caller.require(.rulesManage, onPath: tenant.path, noun: "tenant")
        return try await RuleFormScene(tenant, nil, context, as: caller)
    }

    private static func scene(_ context: RequestContext) async throws -> RuleFormScene {
        let id: AccessRuleID = try context.pathID()
        let caller = try context.requireCaller()
        let rule = try await context.services.accessRules.get(id, as: caller)
        let tenant = try await context.services.tenants.get(rule.tenantID, as: caller)
        return try await RuleFormScene(tenant, rule, context, as: caller)
    }

    private static func show(_ context: RequestContext, _ scene: RuleFormScene) throws -> HTTPResponse {
        try respond(context, scene, savedForm(context, scene))
    }

    private static func savedForm(_ context: RequestContext, _ scene: RuleFormScene) -> RuleForm {
        RuleForm(scene.rule?.content, scene.names, timeZone: context.caller?.user.timeZone ?? "UTC")
    }

    private static func submit(_ context: RequestContext, _ scene: RuleFormScene) async throws -> HTTPResponse {
        let service = context.services.accessRules
        let form = RuleForm(context.form)
        return try await context.attempt("rule") { caller in
            var person: AccessSubject?
            if form[RuleForm.Name.whom] == RuleForm.Name.person {
                person = try await service.person(email: form[RuleForm.Name.email], at: scene.tenant.id, as: caller)
            }
            let json = try form.json(person: person)
            if form["go"] == "preview" {
                let draft = try await service.draft(json, at: scene.tenant.id, changing: scene.rule, as: caller)
                let names = try await service.names(in: [draft], at: scene.tenant.path, as: caller)
                return try respond(context, scene.naming(names), form, preview: draft)
            }
            if let rule = scene.rule {
                _ = try await service.update(rule.id, json, ifMatch: form["version"], as: caller)
            } else {
                _ = try await service.create(json, at: scene.tenant.id, as: caller)
            }
            let list = Route.tenantPageRules(scene.tenant.id).path
            return PageResponder(context).redirect(to: list, scene.rule == nil ? .ruleCreate : .ruleUpdate)
        } refused: {
            try respond(context, scene, form, refused: $0)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let scene = try await scene(context)
        guard let rule = scene.rule else { throw WebError.notFound() }
        return try await context.submit("delete") { caller in
            try await context.services.accessRules.delete(rule.id, as: caller)
            return (Route.tenantPageRules(scene.tenant.id).path, .ruleDelete)
        } refused: {
            try respond(context, scene, savedForm(context, scene), refused: $0)
        }
    }

    private static func respond(
        _ context: RequestContext,
        _ scene: RuleFormScene,
        _ form: RuleForm,
        preview: AccessRuleContent? = nil,
        refused: RefusedForm? = nil
    ) throws -> HTTPResponse {
        let responder = PageResponder(context)
        let page = RuleFormPage(scene, form, preview: preview, refused: refused, responder.writer)
        return try responder.respond(page, .init(section: .tenants, status: RefusedForm.status(of: refused)))
    }
}

extension RuleFormScene {
    /// Asks the domain for what the form offers; the parts that do not depend on each other at the same time.
    fileprivate init(
        _ tenant: Tenant,
        _ rule: AccessRule?,
        _ context: RequestContext,
        as caller: Caller
    ) async throws {
        let services = context.services
        let choices = try PageRequest(size: PortalLimits.Pages.sizeMax)
        let seesMembers = caller.has(.membersRead, onPath: tenant.path)
        async let lineage = services.tenants.lineage(of: [tenant.id], as: caller)
        async let roles = seesMembers ? services.roles.list(usableAt: tenant.id, choices, as: caller).items : []
        async let groups = seesMembers ? services.groups.list(usableAt: tenant.id, choices, as: caller).items : []
        async let hosts = caller.has(.hostsRead) ? services.hosts.list(choices, as: caller).items : []
        let contents = [rule?.content].compactMap(\.self)
        async let names = services.accessRules.names(in: contents, at: tenant.path, as: caller)
        self.init(
            tenant: tenant,
            lineage: try await lineage,
            rule: rule,
            roles: try await roles,
            groups: try await groups,
            hosts: try await hosts,
            names: try await names,
            mayChange: caller.has(.rulesManage, onPath: tenant.path)
        )
    }

    /// The same with other names.
    fileprivate func naming(_ names: AccessRuleNames) -> RuleFormScene {
        RuleFormScene(
            tenant: tenant,
            lineage: lineage,
            rule: rule,
            roles: roles,
            groups: groups,
            hosts: hosts,
            names: names,
            mayChange: mayChange
        )
    }
}
