import HTTPCore
import HTTPServer

/// Sends a browser without a session to the sign-in page and remembers where it wanted to go.
enum SignInRedirect {
    /// 303 to `/login?next=…`: the target of a GET, or the page on which the form stood that was sent, which cannot be sent
    /// again.
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
        let next = SafePath.page(request.method == .get ? request.head.target.raw : referringPage(request))
        guard next != Route.homePage.path else { return .redirect(to: path) }
        var query = QueryItems()
        query.add("next", next)
        return .redirect(to: "\(path)?\(query.encoded)")
    }

    /// The page of this portal that a request came from, with its query; nil when it came from elsewhere.
    private static func referringPage(_ request: HTTPRequest) -> String? {
        guard let referrer = request.headers["Referer"], let host = request.headers["Host"] else { return nil }
        let origin = ["https://\(host)", "http://\(host)"].first { referrer.hasPrefix($0 + "/") }
        return origin.map { String(referrer.dropFirst($0.count)) }
    }
}
