import HTTPCore
import HTTPServer
import JSON
import Portal

/// The caller's own sessions: `/api/v1/me/sessions`.
enum OwnSessionEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .mySessions, handler: list)
        router.on(.delete, .mySession, handler: end)
        router.on(.post, .mySessionsEndOthers, handler: endOthers)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        try query.finish()
        let sessions = try await context.services.identity.sessions(as: context.requireCaller())
        return .json(["items": .array(sessions.map(\.json))])
    }

    private static func end(_ context: RequestContext) async throws -> HTTPResponse {
        let id: SessionID = try context.pathID()
        try await context.services.identity.endSession(id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }

    private static func endOthers(_ context: RequestContext) async throws -> HTTPResponse {
        try context.requireNoSettings()
        try await context.services.identity.endOtherSessions(as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
