import HTTPCore
import HTTPServer
import Portal

/// The page of one's own API tokens.
enum OwnTokenHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .ownTokensPage) { try await page($0) }
        router.on(.post, .ownTokensPage, handler: create)
        router.on(.post, .ownTokensPageRevoke, handler: revoke)
    }

    private static func page(
        _ context: RequestContext,
        created: NewAPIToken? = nil,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let responder = PageResponder(context)
        let token = context.query.first(named: "page")
        let mayMake = caller.has(.tokensManage)
        let request = try PageRequest(token: token)
        let list = mayMake ? try await context.services.identity.listTokens(request, as: caller) : nil
        let names = try await context.services.tenants.lineage(
            of: (list?.items ?? []).compactMap(\.scope.tenantID),
            as: caller
        )
        let choices = mayMake ? try await choices(context, refused, as: caller) : nil
        let page = OwnTokensPage(
            list,
            TenantNames(names),
            pageToken: token,
            created: created,
            choices: choices,
            refused: refused,
            responder.writer
        )
        var response = try responder.respond(page, .init(status: RefusedForm.status(of: refused)))
        // A secret beside what somebody else may have typed must not be guessed by the size of the answer.
        if created != nil { response.compression = .never }
        return response
    }

    private static func choices(
        _ context: RequestContext,
        _ refused: RefusedForm?,
        as caller: Caller
    ) async throws -> TokenForm.Choices {
        TokenForm.Choices(
            tenants: try await context.services.tenants.choices(
                holding: .tenantsRead,
                including: context.tenantToOffer(refused, field: "tenantId"),
                as: caller
            ),
            permissions: caller.bindings.reduce(into: []) { $0.formUnion($1.permissions) },
            limits: context.services.identity.bounds
        )
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        do {
            let wish = try TokenWish(context.form)
            let created = try await context.services.identity.createToken(
                name: wish.name,
                lifetime: wish.lifetime,
                scope: wish.scope,
                as: caller
            )
            return try await page(context, created: created)
        } catch let error as PortalError {
            guard let refused = RefusedForm(TokenForm.formName, context.form, error) else { throw error }
            return try await page(context, refused: refused)
        }
    }

    private static func revoke(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        guard let id = context.form.first(named: "token").flatMap({ TokenID($0) }) else { throw WebError.notFound() }
        try await context.services.identity.revokeToken(id, as: caller)
        return PageResponder(context).redirect(to: Route.ownTokensPage.path, .tokenRevoke)
    }
}

extension OwnTokensPage {
    /// The list with the form; without choices the reader can make none.
    init(
        _ page: Page<APIToken>?,
        _ names: TenantNames,
        pageToken: String?,
        created: NewAPIToken?,
        choices: TokenForm.Choices?,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let path = Route.ownTokensPage.path
        title = writer.text("tokens.title")
        secret = created.map { SecretModel($0, writer) }
        tokens = (page?.items ?? []).map {
            TokenRow($0, names, revokeAction: Route.ownTokensPageRevoke.path, writer)
        }
        pager = .init(path, "page", pageToken, page?.nextPageToken)
        form = choices.map { TokenForm($0, action: path, refused: refused, writer) }
        let reason = choices == nil ? "noRole" : "none"
        empty =
            tokens.isEmpty
            ? EmptyModel(
                icon: "key",
                title: writer.text("tokens.\(reason)Title"),
                text: writer.text("tokens.\(reason)Text")
            ) : nil
    }
}
