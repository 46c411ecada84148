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

    /// How long a token lives when nothing was said.
    private static let lifetimeDefault = Duration.seconds(90 * 86_400)

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let page = query.page()
        try query.finish()
        return .json(try await context.services.identity.listTokens(page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        var reader = try context.jsonReader()
        let name = reader.string("name", charactersMax: PortalLimits.Identity.tokenNameLengthMax)
        let expiresAt = reader.optionalTime("expiresAt")
        let scope = APITokenScope(
            tenantID: reader.optionalID("tenantId", TenantID.self),
            permissions: reader.optionalChoices("permissions", Permission.self)
        )
        try reader.finish()
        let lifetime = expiresAt.map { Duration.seconds($0.timeIntervalSince(context.services.time.now())) }
        let created = try await context.services.identity.createToken(
            name: name,
            lifetime: lifetime ?? lifetimeDefault,
            scope: scope,
            as: caller
        )
        var body = created.token.json
        body["token"] = .string(created.secret)
        var response = HTTPResponse.json(body, status: .created)
        response.compression = .never
        response.headers.set("Location", Route.token(created.token.id).path)
        return response
    }

    private static func revoke(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TokenID = try context.pathID()
        try await context.services.identity.revokeToken(id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
