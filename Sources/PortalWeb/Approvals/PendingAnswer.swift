import HTTPCore
import HTTPServer
import JSON
import Portal

/// The answer to a change that has become a request: the same for every verb, so none can forget it.
enum PendingAnswer {
    /// Runs a handler; a change that waits for approval is 202 with the request, and on pages the way to it.
    static func answering(_ context: RequestContext, _ handler: RouteHandler) async throws -> HTTPResponse {
        do {
            return try await handler(context)
        } catch let pending as ApprovalPending {
            let request = pending.request
            guard context.pattern?.audience == .api else {
                return PageResponder(context).redirect(to: Route.requestPage(request.id).path, .requested)
            }
            var response = HTTPResponse.json(["request": request.json], status: .accepted)
            response.headers.set("Location", Route.request(request.id).path)
            return response.with(request.etag)
        }
    }
}
