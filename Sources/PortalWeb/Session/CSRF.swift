import HTTPCore
import HTTPServer
import Portal

/// Keeps other sites from acting in the name of a signed-in browser.
///
/// Two walls for unsafe methods: the browser's own word on where the request started (`Sec-Fetch-Site`, else
/// `Origin`), which also protects the sign-in form that has no session yet; and, with a session cookie, the
/// token of the session in the form field `csrf` or the header `X-CSRF-Token`. Bearer tokens are not sent by
/// browsers on their own and need neither. The token is masked anew in each response, so that compressed pages tell nothing
/// about it (docs/http.md).
enum CSRF {
    /// The name of the hidden field in forms.
    static let formField = "csrf"
    /// The header for scripts.
    static let header = "X-CSRF-Token"

    /// Checks an unsafe request.
    ///
    /// - Throws: `FORBIDDEN` with what to do.
    static func check(_ context: RequestContext) throws {
        let request = context.request
        guard !request.method.isSafe, !request.headers.contains("Authorization") else { return }
        guard startsOnThisSite(request) else {
            throw WebError(.forbidden, "The request came from another site. Open the portal itself and try again.")
        }
        guard let session = context.session else { return }
        let sent = request.headers[header] ?? context.form.first(named: formField)
        guard let sent, context.services.identity.isValid(csrfToken: sent, forSession: session.token) else {
            throw WebError(
                .forbidden,
                "The form is too old, or the X-CSRF-Token header is missing. Reload the page and try again."
            )
        }
    }

    private static func startsOnThisSite(_ request: HTTPRequest) -> Bool {
        if let site = request.headers["Sec-Fetch-Site"] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers["Origin"] else { return true }
        guard let host = request.headers["Host"] else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
