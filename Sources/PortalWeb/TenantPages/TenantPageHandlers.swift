import HTTPCore
import HTTPServer
import Portal

/// The page of one tenant and the forms on it.
enum TenantPageHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPage) { try await page($0, refused: nil) }
        router.on(.post, .tenantPageCreate, handler: create)
        router.on(.post, .tenantPageRename, handler: rename)
        router.on(.post, .tenantPageArchive, handler: archive)
        router.on(.post, .tenantPageUnarchive, handler: unarchive)
        router.on(.post, .tenantPageDelete, handler: delete)
        router.on(.post, .tenantPageMembers, handler: addMember)
        router.on(.post, .tenantPageMemberRemoval, handler: removeMember)
    }

    /// The page, with a form that was refused still open on it.
    static func page(_ context: RequestContext, refused: RefusedForm?) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let responder = PageResponder(context)
        let parts = try await TenantPage.Parts(id, context, as: caller, refused: refused)
        let page = TenantPage(parts, responder.writer)
        return try responder.respond(page, .init(section: .tenants, status: RefusedForm.status(of: refused)))
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await submit(context, "create") { caller in
            let name = context.form.first(named: "name") ?? ""
            let tenant = try await context.services.tenants.create(name: name, parentID: id, as: caller)
            return (Route.tenantPage(tenant.id).path, .tenantCreate)
        }
    }

    private static func rename(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await submit(context, "rename") { caller in
            let name = context.form.first(named: "name") ?? ""
            _ = try await context.services.tenants.rename(id, to: name, as: caller)
            return (Route.tenantPage(id).path, .tenantRename)
        }
    }

    private static func archive(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await submit(context, "archive") { caller in
            _ = try await context.services.tenants.archive(id, as: caller)
            return (Route.tenantPage(id).path, .tenantArchive)
        }
    }

    private static func unarchive(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await submit(context, "unarchive") { caller in
            _ = try await context.services.tenants.unarchive(id, as: caller)
            return (Route.tenantPage(id).path, .tenantUnarchive)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await submit(context, "delete") { caller in
            let parentID = try await context.services.tenants.get(id, as: caller).parentID
            try await context.services.tenants.delete(id, as: caller)
            let visible = try await context.services.tenants.lineage(of: [parentID].compactMap { $0 }, as: caller)
            let parent = visible.last.map { Route.tenantPage($0.id).path }
            return (parent ?? Route.tenantsPage.path, .tenantDelete)
        }
    }

    private static func addMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let form = context.form
        let kind = form.first(named: "kind")
        let names = [RoleSubject.Kind.group.rawValue: "addGroup", ProgramChoice.kind: "addProgram"]
        return try await submit(context, kind.flatMap { names[$0] } ?? "addUser") { caller in
            let role = try context.form.chosenRole()
            let tenants = context.services.tenants
            switch kind {
            case RoleSubject.Kind.group.rawValue:
                guard let groupID = form.first(named: "group").flatMap({ GroupID($0) }) else {
                    throw PortalError.invalid("group", FieldErrorCode.required, "has to be chosen")
                }
                try await tenants.addMember(.group(groupID), role: role, to: id, as: caller)
            case ProgramChoice.kind:
                guard let subject = form.first(named: "program").flatMap({ ProgramChoice.subject($0) }) else {
                    throw PortalError.invalid("program", FieldErrorCode.required, "has to be chosen")
                }
                try await tenants.addMember(subject, role: role, to: id, as: caller)
            default:
                try await tenants.addMember(email: form.first(named: "email") ?? "", role: role, to: id, as: caller)
            }
            return (Route.tenantPage(id).path + "#members", .memberAdd)
        }
    }

    private static func removeMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let form = context.form
        return try await submit(context, "removeMember") { caller in
            guard let role = form.first(named: "role").flatMap({ RoleReference($0) }),
                let subject = RoleSubject(kind: form.first(named: "kind"), id: form.first(named: "subject"))
            else { throw WebError.notFound() }
            try await context.services.tenants.removeMember(subject, role: role, from: id, as: caller)
            return (Route.tenantPage(id).path + "#members", .memberRemove)
        }
    }

    /// Carries a form out and goes where it leads, or shows the page again with what was typed.
    static func submit(
        _ context: RequestContext,
        _ form: String,
        _ body: (Caller) async throws -> (path: String, flash: Flash)
    ) async throws -> HTTPResponse {
        try await context.submit(form, body) { try await page(context, refused: $0) }
    }
}

extension RoleSubject {
    /// The subject that a form names; nil for none that could be.
    init?(kind: String?, id: String?) {
        guard let kind = kind.flatMap(Kind.init(rawValue:)), let id else { return nil }
        switch kind {
        case .user:
            guard let id = UserID(id) else { return nil }
            self = .user(id)
        case .group:
            guard let id = GroupID(id) else { return nil }
            self = .group(id)
        case .token:
            guard let id = TokenID(id) else { return nil }
            self = .token(id)
        }
    }
}
