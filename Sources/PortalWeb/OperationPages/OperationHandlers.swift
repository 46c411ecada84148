import HTTPCore
import HTTPServer
import Portal

/// The page of one operation.
enum OperationHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .operationPage) { try await page($0) }
        router.on(.post, .operationPageCancel, handler: cancel)
    }

    private static func page(_ context: RequestContext, refused: RefusedForm? = nil) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        let caller = try context.requireCaller()
        let operation = try await context.services.operations.get(id, as: caller)
        // Removed for good, the vcluster is gone while its operation is still worth a look.
        let vcluster = try? await context.services.vclusters.get(operation.vclusterID, as: caller)
        let linesMax = WebLimits.Pages.logLinesMax
        let log = try await context.services.operations.logEnd(of: id, linesMax: linesMax, as: caller)
        let responder = PageResponder(context)
        var page = OperationPage(operation, vcluster: vcluster, log: log, caller: caller, responder.writer)
        page.errorSummary = refused?.summary([:], responder.writer)
        let options = PageResponder.Options(
            section: .vclusters,
            refreshSeconds: page.isLive && refused == nil ? 3 : nil,
            status: refused.map { ProblemCode($0.error.code).status } ?? .ok
        )
        return try responder.respond(page, options)
    }

    private static func cancel(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        return try await context.submit("cancel") { caller in
            _ = try await context.services.operations.cancel(id, as: caller)
            return (Route.operationPage(id).path, .cancel)
        } refused: {
            try await page(context, refused: $0)
        }
    }
}
