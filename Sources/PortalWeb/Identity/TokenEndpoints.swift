import FoundationEssentials
import HTTPCore
import HTTPServer
import JSON
import Portal

/// The caller's API tokens: `/api/v1/tokens`.
enum TokenEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .tokens, handler: list)
        router.on(.post, .tokens, handler: create)
        router.on(.delete, .token, handler: revoke)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let page = try context.page()
        return .json(try await context.services.identity.listTokens(page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let wanted = try WantedToken(context)
        let created = try await context.services.identity.createToken(
            name: wanted.name,
            lifetime: wanted.lifetime,
            scope: wanted.scope,
            as: context.requireCaller()
        )
        return answer(created)
    }

    /// The token with its secret, which is in no other answer.
    static func answer(_ created: NewAPIToken) -> HTTPResponse {
        var body = created.token.json
        body["token"] = .string(created.secret)
        var response = HTTPResponse.json(body, status: .created)
        response.compression = .never
        response.headers.set("Location", Route.token(created.token.id).path)
        return response
    }

    /// What the body of a request asks for.
    struct WantedToken {
        let name: String
        /// nil when nothing was said.
        let lifetime: Duration?
        let scope: APITokenScope

        init(_ context: RequestContext) throws {
            var reader = try context.jsonReader()
            name = reader.string("name", charactersMax: PortalLimits.Identity.tokenNameLengthMax)
            let expiresAt = reader.optionalTime("expiresAt")
            scope = APITokenScope(
                tenantID: reader.optionalID("tenantId", TenantID.self),
                permissions: reader.optionalChoices("permissions", Permission.self)
            )
            try reader.finish()
            lifetime = expiresAt.map { Duration.seconds($0.timeIntervalSince(context.services.time.now())) }
        }
    }

    private static func revoke(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TokenID = try context.pathID()
        try await context.services.identity.revokeToken(id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
