import HTTPCore
import HTTPServer
import Portal

extension PageRenderer {
    /// The page for a failed request: what happened, why, and what to try.
    ///
    /// Never fails: should the page itself break, the answer is a plain text with the request id.
    func error(_ error: PortalError, status: HTTPStatus? = nil, _ context: RequestContext) -> HTTPResponse {
        let status = status ?? ProblemCode(error.code).status
        let responder = PageResponder(context)
        let page = Self.page(error, status: status, responder.writer, context)
        let template = context.caller == nil ? ErrorPage.plainTemplate : ErrorPage.framedTemplate
        do {
            let options = PageResponder.Options(status: status, width: "plain-card-wide")
            return try responder.respond(page, title: page.title, template: template, options)
        } catch {
            return .text("\(status)\nRequest id: \(context.request.id)\n", status: status)
        }
    }

    private static func page(
        _ error: PortalError,
        status: HTTPStatus,
        _ writer: Localizer,
        _ context: RequestContext
    ) -> ErrorPage {
        let (kind, icon) = kind(of: error.code)
        let heading = writer.text("errors.\(kind)Title")
        return ErrorPage(
            title: heading,
            status: "\(status)",
            icon: icon,
            heading: heading,
            message: writer.text(error),
            hint: writer.text("errors.\(kind)Hint"),
            links: links(error.code, writer, context),
            requestID: status.code >= 500 ? context.request.id : nil
        )
    }

    private static func links(_ code: PortalError.Code, _ writer: Localizer, _ context: RequestContext) -> [LinkModel] {
        guard context.caller != nil else {
            return [LinkModel(href: Route.loginPage.path, label: writer.text("errors.signIn"), isPrimary: true)]
        }
        return [
            LinkModel(href: Route.homePage.path, label: writer.text("errors.home"), isPrimary: true),
            LinkModel(href: Route.vclustersPage.path, label: writer.text("errors.back")),
        ]
    }

    /// The name of the error's texts, and its icon.
    static func kind(of code: PortalError.Code) -> (name: String, icon: String) {
        switch code {
        case .notFound: ("notFound", "search")
        case .forbidden: ("forbidden", "key")
        case .unauthenticated: ("unauthenticated", "user")
        case .alreadyExists, .invalidPhase, .conflict, .preconditionFailed: ("conflict", "retry")
        case .invalidArgument, .unprocessable: ("invalid", "info")
        case .quotaExceeded: ("quota", "info")
        case .rateLimited: ("rate", "clock")
        case .internal: ("internal", "failed")
        case .unavailable: ("unavailable", "clock")
        }
    }
}
