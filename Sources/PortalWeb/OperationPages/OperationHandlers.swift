import HTTPCore
import HTTPServer
import Portal

/// The page of one operation.
enum OperationHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .operationPage, handler: show)
        router.on(.post, .operationPageCancel, handler: cancel)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        let caller = try context.requireCaller()
        let operation = try await context.services.operations.get(id, as: caller)
        // Removed for good, the vcluster is gone while its operation is still worth a look.
        let vcluster = try? await context.services.vclusters.get(operation.vclusterID, as: caller)
        let log = try await log(of: id, context.services, caller)
        let responder = PageResponder(context)
        let page = OperationPage(operation, vcluster: vcluster, log: log, caller: caller, responder.writer)
        return try responder.respond(page, .init(section: .vclusters, refreshSeconds: page.isLive ? 3 : nil))
    }

    private static func cancel(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        _ = try await context.services.operations.cancel(id, as: context.requireCaller())
        return PageResponder(context).redirect(to: Route.operationPage(id).path, .cancel)
    }

    private static func log(
        of id: OperationID,
        _ services: PortalServices,
        _ caller: Caller
    ) async throws -> [OperationLogLine] {
        var lines: [OperationLogLine] = []
        var token: String?
        for _ in 0..<WebLimits.Pages.logPagesMax {
            let request = try PageRequest(size: PortalLimits.Pages.sizeMax, token: token)
            let page = try await services.operations.log(of: id, request, as: caller)
            lines += page.items
            token = page.nextPageToken
            if token == nil { break }
        }
        return lines
    }
}
