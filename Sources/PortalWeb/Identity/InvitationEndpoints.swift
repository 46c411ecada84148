import HTTPCore
import HTTPServer
import JSON
import Portal

/// Invitations of people who have no account: `/api/v1/invitations`.
enum InvitationEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .invitations, handler: list)
        router.on(.post, .invitations, handler: create)
        router.on(.delete, .invitation, handler: revoke)
        router.on(.post, .invitationResend, handler: resend)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let page = query.page()
        try query.finish()
        let identity = context.services.identity
        let links = try await identity.listInvitations(below: tenantID, page, as: context.requireCaller())
        return .json(links.map { $0.json(at: context.now) }.json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        var invitation = NewInvitation(
            email: reader.string("email", charactersMax: PortalLimits.Identity.emailLengthMax),
            name: reader.string("name", charactersMax: PortalLimits.Identity.nameLengthMax),
            tenantID: reader.id("tenantId", TenantID.self),
            role: reader.role("role"),
            locale: reader.optionalChoice("locale", UserLocale.self)
        )
        invitation.timeZone = reader.optionalString("timeZone", charactersMax: 64) ?? invitation.timeZone
        try reader.finish()
        let issued = try await context.services.identity.invite(invitation, as: context.requireCaller())
        return answer(issued, context)
    }

    private static func resend(_ context: RequestContext) async throws -> HTTPResponse {
        let id: AccountLinkID = try context.pathID()
        try context.requireNoSettings()
        return answer(try await context.services.identity.resendInvitation(id, as: context.requireCaller()), context)
    }

    private static func revoke(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.identity.revokeInvitation(context.pathID(), as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }

    /// The invitation with its link, which is in no other answer.
    private static func answer(_ issued: NewAccountLink, _ context: RequestContext) -> HTTPResponse {
        var body = issued.link.json(at: context.now)
        body["link"] = .string(context.absolute(.invitationPage(issued.secret)))
        var response = HTTPResponse.json(body, status: .created)
        response.compression = .never
        return response
    }
}

extension RequestContext {
    /// The address of a page as others can open it: with the portal's own address in front, where that is known.
    func absolute(_ route: Route) -> String {
        guard let base = environment.configuration.publicURL else { return route.path }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + route.path
    }
}
