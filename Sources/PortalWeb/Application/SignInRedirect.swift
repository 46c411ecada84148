import HTTPCore
import HTTPServer

/// Sends a browser without a session to the sign-in page and remembers where it wanted to go.
enum SignInRedirect {
    /// 303 to `/login?next=…`; only the target of a GET is remembered, a form cannot be sent again.
    ///
    /// A script that fetches a part of a page would put the sign-in form in its place; it is told to leave the page.
    static func response(for request: HTTPRequest) -> HTTPResponse {
        let redirect = redirect(for: request)
        guard request.headers["HX-Request"] == "true" else { return redirect }
        var response = HTTPResponse(status: .unauthorized)
        response.headers.set("HX-Redirect", redirect.headers["Location"] ?? Route.loginPage.path)
        return response
    }

    private static func redirect(for request: HTTPRequest) -> HTTPResponse {
        let path = Route.loginPage.path
        guard request.method == .get, request.path != Route.homePage.path else { return .redirect(to: path) }
        var query = QueryItems()
        query.add("next", request.head.target.raw)
        return .redirect(to: "\(path)?\(query.encoded)")
    }
}
