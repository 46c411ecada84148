import Foundation
import HTTPCore
import HTTPServer
import Portal

/// Keeps other sites from acting in the name of a signed-in browser.
///
/// Two walls for unsafe methods: the browser's own word on where the request started (`Sec-Fetch-Site`, else
/// `Origin`), which also protects the sign-in form that has no session yet; and, with a session cookie, the
/// token of the session in the form field `csrf` or the header `X-CSRF-Token`. Bearer tokens are not sent by
/// browsers on their own and need neither.
enum CSRF {
    static let formField = "csrf"
    static let header = "X-CSRF-Token"

    /// Checks an unsafe request.
    ///
    /// - Throws: `.forbidden` with what to do.
    static func check(_ context: RequestContext) throws {
        guard !context.request.method.isSafe else { return }
        if let caller = context.caller, case .token = caller.via { return }
        guard startsOnThisSite(context.request) else {
            throw WebError(.forbidden, "The request came from another site. Open the portal itself and try again.")
        }
        guard let session = context.session else { return }
        let sent = context.request.headers[header] ?? context.form.first(named: formField)
        guard let sent, equalInConstantTime(sent, session.csrfToken) else {
            throw WebError(
                .forbidden,
                "The form is no longer valid, or the X-CSRF-Token header is missing. Reload the page and try again."
            )
        }
    }

    private static func startsOnThisSite(_ request: HTTPRequest) -> Bool {
        if let site = request.headers["Sec-Fetch-Site"] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers["Origin"] else { return true }
        guard let separator = origin.range(of: "://") else { return false }
        return origin[separator.upperBound...] == request.headers["Host"] ?? ""
    }

    /// Compares without leaving early, so that the time says nothing about the token.
    private static func equalInConstantTime(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
