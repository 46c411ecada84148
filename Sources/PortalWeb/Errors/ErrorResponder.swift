import HTTPCore
import HTTPServer
import Logging
import Portal

/// Turns a thrown error into problem+json or an error page, and tells the log what the caller must not see.
struct ErrorResponder: Sendable {
    let environment: WebEnvironment

    func response(to error: any Error, _ context: RequestContext) -> HTTPResponse {
        let problem = ProblemDetails(error, requestID: context.request.id, limits: environment.limits)
        log(error, problem, context)
        guard prefersPage(context) else { return problem.response }
        var page = environment.pages.error(problem.portalError, status: problem.code.status, context)
        for header in problem.headers { page.headers.set(header.name, header.value) }
        return page
    }

    /// The API always speaks JSON; elsewhere a client gets HTML unless it asks for JSON first.
    private func prefersPage(_ context: RequestContext) -> Bool {
        if context.request.path.hasPrefix("/api/") || context.pattern?.audience == .machine { return false }
        guard let accept = context.request.headers.joined("Accept") else { return context.pattern?.audience == .page }
        return AcceptHeader(accept).best(of: [.html, .problemJSON, .json]) == .html
    }

    private func log(_ error: any Error, _ problem: ProblemDetails, _ context: RequestContext) {
        // A cancelled request has lost its client, or the server stops; neither is a failure.
        guard problem.code.status.isServerError, !(error is CancellationError) else { return }
        environment.logger.log(
            level: problem.code == .internal ? .error : .warning,
            "request failed",
            metadata: [
                "requestId": "\(context.request.id)",
                "route": "\(context.pattern?.rawValue ?? "-")",
                "error": "\(String(reflecting: error))",
            ]
        )
    }
}
