import FoundationEssentials
import HTTPCore
import HTTPServer
import JSON
import Portal

/// The accounts of programs: `/api/v1/service-accounts`.
enum ServiceAccountEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .serviceAccounts, handler: list)
        router.on(.post, .serviceAccounts, handler: create)
        router.on(.get, .serviceAccount, handler: show)
        router.on(.patch, .serviceAccount, handler: update)
        router.on(.delete, .serviceAccount, handler: delete)
        router.on(.get, .serviceAccountTokens, handler: tokens)
        router.on(.post, .serviceAccountTokens, handler: createToken)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let page = query.page()
        try query.finish()
        let identity = context.services.identity
        return .json(try await identity.listServiceAccounts(below: tenantID, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        let name = reader.string("name")
        try reader.finish()
        let identity = context.services.identity
        let account = try await identity.createServiceAccount(name: name, at: tenantID, as: context.requireCaller())
        return .created(account.json, at: .serviceAccount(account.id)).with(account.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let identity = context.services.identity
        let account = try await identity.getServiceAccount(context.pathID(), as: context.requireCaller())
        return .json(account.json).with(account.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        var reader = try context.jsonReader()
        let name = reader.optionalString("name")
        let isDisabled = reader.optionalBool("disabled")
        try reader.finish()
        let account = try await context.services.identity.updateServiceAccount(
            id,
            name: name,
            isDisabled: isDisabled,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(account.json).with(account.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.identity.deleteServiceAccount(
            context.pathID(),
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return HTTPResponse(status: .noContent)
    }

    private static func tokens(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let page = try context.page()
        let identity = context.services.identity
        return .json(try await identity.listTokens(ofServiceAccount: id, page, as: context.requireCaller()).json)
    }

    private static func createToken(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let wanted = try TokenEndpoints.WantedToken(context)
        let created = try await context.services.identity.createToken(
            name: wanted.name,
            lifetime: wanted.lifetime,
            scope: wanted.scope,
            forServiceAccount: id,
            as: context.requireCaller()
        )
        return TokenEndpoints.answer(created)
    }
}
