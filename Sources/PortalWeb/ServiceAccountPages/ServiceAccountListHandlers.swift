import HTTPCore
import HTTPServer
import Portal

/// The accounts of programs: a list, and the form for another one.
enum ServiceAccountListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .serviceAccountsPage) { try await page($0, refused: nil) }
        router.on(.post, .serviceAccountsPage, handler: create)
    }

    private static func page(_ context: RequestContext, refused: RefusedForm?) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        guard caller.seesMembers else { throw PortalError.forbidden(.membersRead) }
        let token = context.query.first(named: "page")
        let services = context.services
        let accounts = try await services.identity.listServiceAccounts(try PageRequest(token: token), as: caller)
        async let lineage = services.tenants.lineage(of: accounts.items.map(\.tenantID), as: caller)
        async let choices = services.tenants.choices(
            holding: .membersManage,
            including: context.tenantToOffer(refused),
            as: caller
        )
        let responder = PageResponder(context)
        let page = ServiceAccountListPage(
            accounts,
            TenantNames(try await lineage),
            try await choices,
            pageToken: token,
            refused,
            responder.writer
        )
        return try responder.respond(page, .init(section: .serviceAccounts, status: RefusedForm.status(of: refused)))
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.submit("create") { caller in
            let tenantID = try context.form.chosenTenant()
            let name = context.form.first(named: "name") ?? ""
            let account = try await context.services.identity.createServiceAccount(name: name, at: tenantID, as: caller)
            return (Route.serviceAccountPage(account.id).path, .serviceCreate)
        } refused: {
            try await page(context, refused: $0)
        }
    }
}

extension ServiceAccountListPage {
    /// The list of a page of accounts.
    init(
        _ page: Page<ServiceAccount>,
        _ names: TenantNames,
        _ choices: TenantChoices,
        pageToken: String?,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) {
        title = writer.text("services.title")
        let form = Self.creation(choices, writer).refused(refused, named: "create", writer)
        menus = choices.offered.isEmpty ? [] : [form]
        rows = page.items.map { account in
            Row(
                href: Route.serviceAccountPage(account.id).path,
                name: account.name,
                badge: account.badge(writer),
                tenant: names.path(account.tenantID) ?? writer.text("tenant.furtherUp"),
                createdAt: writer.time(account.createdAt)
            )
        }
        pager = .init(Route.serviceAccountsPage.path, "page", pageToken, page.nextPageToken)
        empty =
            rows.isEmpty
            ? EmptyModel(icon: "code", title: writer.text("services.noneTitle"), text: writer.text("services.noneText"))
            : nil
    }

    private static func creation(_ choices: TenantChoices, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("services.new"),
            icon: "plus",
            action: Route.serviceAccountsPage.path,
            submit: writer.text("services.create"),
            text: writer.text("services.newText"),
            fields: [ServiceAccountPage.nameField("", writer)],
            selects: [
                .tenant(id: "service-tenant", choices, writer)
            ]
        )
    }
}

extension ServiceAccount {
    /// What has become of the account, in a word.
    func badge(_ writer: Localizer) -> BadgeModel {
        BadgeModel(
            writer.text(disabledAt == nil ? "users.active" : "users.disabled"),
            disabledAt == nil ? .good : .gone
        )
    }
}
