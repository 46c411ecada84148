import HTTPCore
import HTTPServer
import Portal

/// The groups: a list with search, and the form for another one.
enum GroupListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .adminGroupsPage) { try await page($0, refused: nil) }
        router.on(.post, .adminGroupsPage, handler: create)
    }

    private static func page(_ context: RequestContext, refused: RefusedForm?) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        guard caller.seesMembers else { throw PortalError.forbidden(.membersRead) }
        let text = String((context.query.first(named: "q") ?? "").prefix(WebLimits.Pages.searchCharactersMax))
        let token = context.query.first(named: "page")
        let services = context.services
        let groups = try await services.groups.list(search: text, try PageRequest(token: token), as: caller)
        async let lineage = services.tenants.lineage(of: groups.items.map(\.tenantID), as: caller)
        async let choices = services.tenants.choices(
            holding: .groupsManage,
            including: context.tenantToOffer(refused),
            as: caller
        )
        let responder = PageResponder(context)
        let page = GroupListPage(
            groups,
            TenantNames(try await lineage),
            menus: GroupListPage.menus(
                try await choices,
                namesProvider: caller.has(.usersManage),
                refused,
                responder.writer
            ),
            text: text,
            isFirst: token == nil,
            responder.writer
        )
        return try responder.respond(
            page,
            .init(section: .groups, fragment: GroupListPage.fragment, status: RefusedForm.status(of: refused))
        )
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.submit("create") { caller in
            let form = context.form
            let tenantID = try form.chosenTenant()
            let group = try await context.services.groups.create(
                NewGroup(form, onlyProvider: context.onlyProvider),
                at: tenantID,
                as: caller
            )
            return (Route.adminGroupPage(group.id).path, .groupCreate)
        } refused: {
            try await page(context, refused: $0)
        }
    }
}

extension NewGroup {
    /// What a form says; an empty external id is none, and an empty provider the only one that there is.
    init(_ form: QueryItems, onlyProvider: String?) {
        let externalID = form.first(named: "externalId") ?? ""
        let provider = form.first(named: "provider") ?? ""
        self.init(
            name: form.first(named: "name") ?? "",
            description: form.first(named: "description") ?? "",
            externalID: externalID.isEmpty ? nil : externalID,
            provider: provider.isEmpty ? onlyProvider : provider
        )
    }
}

extension Caller {
    /// Whether there is a tenant where the reader sees who has which role.
    var seesMembers: Bool { isSystem || bindings.contains { $0.permissions.contains(.membersRead) } }
}

extension GroupListPage {
    /// The list of a page of groups.
    init(
        _ page: Page<Group>,
        _ names: TenantNames,
        menus: [MenuFormModel],
        text: String,
        isFirst: Bool,
        _ writer: Localizer
    ) {
        let path = Route.adminGroupsPage.path
        title = writer.text("groups.title")
        action = path
        query = text
        clearHref = text.isEmpty ? nil : path
        self.menus = menus
        rows = page.items.map { group in
            Row(
                href: Route.adminGroupPage(group.id).path,
                name: group.name,
                note: group.description.isEmpty ? nil : group.description,
                tenant: names.path(group.tenantID) ?? writer.text("tenant.furtherUp"),
                externalID: group.externalID,
                provider: group.provider
            )
        }
        pager = .init(path, search: text, isFirst: isFirst, page.nextPageToken)
        let reason = text.isEmpty ? "none" : "noMatch"
        empty =
            rows.isEmpty
            ? EmptyModel(
                icon: "group",
                title: writer.text("groups.\(reason)Title"),
                text: writer.text("groups.\(reason)Text")
            ) : nil
    }

    /// The form for another group; none for a reader who may not make any.
    static func menus(
        _ choices: TenantChoices,
        namesProvider: Bool,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> [MenuFormModel] {
        guard !choices.offered.isEmpty else { return [] }
        let form = MenuFormModel(
            summary: writer.text("groups.new"),
            icon: "plus",
            action: Route.adminGroupsPage.path,
            submit: writer.text("groups.create"),
            text: writer.text("groups.newText"),
            fields: GroupPage.fields(nil, namesProvider: namesProvider, writer),
            selects: [
                .tenant(id: "group-tenant", choices, writer)
            ]
        )
        return [form.refused(refused, named: "create", writer)]
    }
}

extension VClusterListPage.Pager {
    /// The neighbours of a list with a search; nil when everything fits on one page.
    init?(_ path: String, search text: String, isFirst: Bool, _ next: String?) {
        var query = QueryItems()
        if !text.isEmpty { query.add("q", text) }
        self.init(text.isEmpty ? path : "\(path)?\(query.encoded)", isFirst: isFirst, next)
    }
}
