import Crypto
import FoundationEssentials

/// The secret that binds a sign-in at a provider to one browser.
///
/// The browser keeps it in a cookie and the database only its hash. Nonce and code verifier are made from it, so that
/// neither is stored anywhere: who reads the database, or steals the code on its way, can do nothing with either.
struct ProviderSignInSecret: Sendable {
    /// The text for the cookie.
    let text: String

    /// A new secret.
    init() {
        text = SecretToken.random().text
    }

    /// Reads a cookie; nil when it cannot be a secret of this kind.
    init?(_ text: String) {
        guard SecretToken(text) != nil else { return nil }
        self.text = text
    }

    /// What the database keeps.
    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    /// The `nonce` of a sign-in.
    func nonce(state: String) -> String { derive("nonce", state) }

    /// The code verifier of a sign-in (RFC 7636 section 4.1): 43 characters.
    func codeVerifier(state: String) -> String { derive("verifier", state) }

    /// The challenge of a verifier (RFC 7636 section 4.2, S256).
    static func codeChallenge(_ verifier: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Data(verifier.utf8))))
    }

    private func derive(_ purpose: String, _ state: String) -> String {
        let key = SymmetricKey(data: Data(text.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(purpose)\n\(state)".utf8), using: key)
        return Base64URL.encode(Array(code))
    }
}
