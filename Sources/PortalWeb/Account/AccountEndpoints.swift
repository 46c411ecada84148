import HTTPCore
import HTTPServer
import JSON
import Portal

/// The caller's password and notices, and the lock-out of others: `/api/v1/me/…`, `/api/v1/users/{id}/unlock`.
enum AccountEndpoints {
    static func register(on router: inout Router) {
        router.on(.post, .myPassword, body: .credentials, handler: changePassword)
        router.on(.get, .myNotices, handler: listNotices)
        router.on(.post, .userUnlock, handler: unlock)
    }

    private static func changePassword(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let lengthMax = PortalLimits.Identity.passwordLengthMax
        let current = reader.string("currentPassword", charactersMax: lengthMax)
        let new = reader.string("newPassword", charactersMax: lengthMax)
        try reader.finish()
        try await context.services.identity.changePassword(from: current, to: new, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }

    private static func listNotices(_ context: RequestContext) async throws -> HTTPResponse {
        let page = try context.page()
        return .json(try await context.services.identity.notices(page, as: context.requireCaller()).json)
    }

    private static func unlock(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        try context.requireNoSettings()
        try await context.services.identity.unlock(user: id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
