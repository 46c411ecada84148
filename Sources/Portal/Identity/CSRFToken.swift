import Crypto
import FoundationEssentials

/// The proof that a form was served to the session that sends it.
///
/// It is an HMAC under the session token, so it needs no storage, ends with the session, and tells nothing about the
/// token (OWASP, "HMAC Based Token Pattern").
enum CSRFToken {
    private static let context = Data("open-vcluster-portal csrf".utf8)

    /// The token of a session: 43 characters.
    static func make(sessionToken: String) -> String {
        let key = SymmetricKey(data: Data(sessionToken.utf8))
        return Base64URL.encode(HMAC<SHA256>.authenticationCode(for: context, using: key))
    }

    /// Whether a form's token belongs to the session; takes the same time for every wrong one.
    static func isValid(_ token: String, sessionToken: String) -> Bool {
        guard let code = Base64URL.decode(token) else { return false }
        let key = SymmetricKey(data: Data(sessionToken.utf8))
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: context, using: key)
    }
}
