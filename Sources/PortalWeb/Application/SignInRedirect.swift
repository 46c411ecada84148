import HTTPCore
import HTTPServer

/// Sends a browser without a session to the sign-in page and remembers where it wanted to go.
enum SignInRedirect {
    /// 303 to `/login?next=…`; only the target of a GET is remembered, a form cannot be sent again.
    static func response(for request: HTTPRequest) -> HTTPResponse {
        let path = Route.loginPage.path
        guard request.method == .get, request.path != Route.homePage.path else { return .redirect(to: path) }
        var query = QueryItems()
        query.add("next", request.head.target.raw)
        return .redirect(to: "\(path)?\(query.encoded)")
    }
}
