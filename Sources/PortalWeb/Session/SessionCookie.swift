import Foundation
public import HTTPCore

/// The cookie of a browser session: HttpOnly, SameSite=Lax, Secure when the portal is reached by HTTPS.
public enum SessionCookie {
    /// The name; `__Host-` is not used because the demo runs without TLS.
    public static let name = "portal_session"

    /// The cookie of a new session.
    ///
    /// - Parameters:
    ///   - token: The session token.
    ///   - expiresAt: When the session ends.
    ///   - isSecure: Whether people reach the portal by HTTPS.
    public static func issue(token: String, expiresAt: Date, isSecure: Bool) -> String {
        attributes("\(name)=\(token)", isSecure: isSecure) + "; Expires=\(HTTPDate.string(from: expiresAt))"
    }

    /// The cookie that makes the browser forget the session.
    public static func expire(isSecure: Bool) -> String {
        attributes("\(name)=", isSecure: isSecure) + "; Max-Age=0"
    }

    private static func attributes(_ pair: String, isSecure: Bool) -> String {
        pair + "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
}
