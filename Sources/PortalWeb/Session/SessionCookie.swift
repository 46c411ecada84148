import HTTPCore
public import HTTPServer
public import Portal

/// The cookie of a browser session: HttpOnly, SameSite=Lax, Secure when the portal is reached by HTTPS.
public enum SessionCookie {
    /// The name; `__Host-` is not used because the demo runs without TLS.
    public static let name = "portal_session"

    /// Gives the browser a new session.
    ///
    /// - Parameters:
    ///   - signIn: The session. The cookie itself lives as long as the browser; the server decides when it ends.
    ///   - response: Gets the `Set-Cookie` header.
    ///   - context: Knows whether the caller came by HTTPS.
    public static func issue(_ signIn: SignIn, on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = SetCookie(name: name, value: signIn.token)
        cookie.isSecure = context.isSecure
        response.setCookie(cookie)
    }

    /// Makes the browser forget its session.
    public static func expire(on response: inout HTTPResponse, _ context: RequestContext) {
        var cookie = SetCookie.removal(of: name)
        cookie.isSecure = context.isSecure
        response.setCookie(cookie)
    }
}
