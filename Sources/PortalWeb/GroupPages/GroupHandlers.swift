import HTTPCore
import HTTPServer
import Portal

/// The page of one group and the forms on it.
enum GroupHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminGroupPage) { try await page($0) }
        router.on(.post, .adminGroupPage, handler: save)
        router.on(.post, .adminGroupPageDelete, handler: delete)
        router.on(.post, .adminGroupPageMembers, handler: addMember)
        router.on(.post, .adminGroupPageMemberRemoval, handler: removeMember)
    }

    private static func page(_ context: RequestContext, refused: RefusedForm? = nil) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        let caller = try context.requireCaller()
        let services = context.services
        let group = try await services.groups.get(id, as: caller)
        let token = context.query.first(named: "members")
        // Who sees a group from below may give it roles, but not see who is in it.
        let seesMembers = caller.has(.membersRead, onPath: group.tenantPath)
        async let members =
            seesMembers ? services.groups.members(of: id, try PageRequest(token: token), as: caller) : nil
        async let roles = services.groups.memberships(of: id, as: caller)
        async let lineage = services.tenants.lineage(of: [group.tenantID], as: caller)
        let parts = GroupPage.Parts(
            group: group,
            names: TenantNames(try await lineage),
            members: try await members,
            membersToken: token,
            roles: try await roles,
            mayManage: caller.has(.groupsManage, onPath: group.tenantPath),
            namesProvider: caller.has(.usersManage),
            refused: refused
        )
        let responder = PageResponder(context)
        return try responder.respond(
            GroupPage(parts, responder.writer),
            .init(section: .groups, status: RefusedForm.status(of: refused))
        )
    }

    private static func save(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        return try await submit(context, "settings", .groupUpdate) { caller in
            let form = context.form
            let typed = NewGroup(form, onlyProvider: context.onlyProvider)
            let namesProvider = form.first(named: "externalId") != nil
            _ = try await context.services.groups.update(id, ifMatch: form.first(named: "version"), as: caller) {
                group in
                group.name = typed.name
                group.description = typed.description
                // A form without the field leaves it.
                if namesProvider { (group.externalID, group.provider) = (typed.externalID, typed.provider) }
            }
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        return try await context.submit("delete") { caller in
            try await context.services.groups.delete(id, as: caller)
            return (Route.adminGroupsPage.path, .groupDelete)
        } refused: {
            try await page(context, refused: $0)
        }
    }

    private static func addMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        return try await submit(context, "addMember", .groupJoin) { caller in
            let email = context.form.first(named: "email") ?? ""
            try await context.services.groups.addMember(email: email, to: id, as: caller)
        }
    }

    private static func removeMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        guard let userID = context.form.first(named: "user").flatMap({ UserID($0) }) else { throw WebError.notFound() }
        return try await submit(context, "removeMember", .groupLeave) { caller in
            try await context.services.groups.removeMember(userID, from: id, as: caller)
        }
    }

    /// A form that leads back to the page.
    private static func submit(
        _ context: RequestContext,
        _ form: String,
        _ flash: Flash,
        _ body: (Caller) async throws -> Void
    ) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        return try await context.submit(form) { caller in
            try await body(caller)
            return (Route.adminGroupPage(id).path, flash)
        } refused: {
            try await page(context, refused: $0)
        }
    }
}
