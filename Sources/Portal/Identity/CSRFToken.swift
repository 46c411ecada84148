import Crypto
import FoundationEssentials

/// The proof that a form was served to the session that sends it.
///
/// It is an HMAC under the session token, so it needs no storage, ends with the session, and tells nothing about the
/// token (OWASP, "HMAC Based Token Pattern").
///
/// Each time it is written down differently: random bytes, and the code XOR these bytes. Pages are compressed, and the
/// length of a compressed page tells whether text that a stranger put into it also occurs elsewhere in it, so nothing that
/// he would want to know may be in two of them (BREACH; see docs/http.md).
enum CSRFToken {
    private static let context = Data("open-vcluster-portal csrf".utf8)

    /// A token of a session: 86 characters, others at each call.
    static func make(sessionToken: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: context, using: key(sessionToken))
        let mask = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        return Base64URL.encode(mask + zip(mask, code).map { $0 ^ $1 })
    }

    /// Whether a form's token belongs to the session; takes the same time for every wrong one.
    static func isValid(_ token: String, sessionToken: String) -> Bool {
        guard let bytes = Base64URL.decode(token), bytes.count == 2 * SHA256.byteCount else { return false }
        let code = zip(bytes[..<SHA256.byteCount], bytes[SHA256.byteCount...]).map { $0 ^ $1 }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: context, using: key(sessionToken))
    }

    private static func key(_ sessionToken: String) -> SymmetricKey {
        SymmetricKey(data: Data(sessionToken.utf8))
    }
}
