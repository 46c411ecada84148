import Crypto
import FoundationEssentials

/// A random secret that stands for a session or an API token; the database only has its SHA-256.
struct SecretToken: Sendable {
    /// What API tokens begin with, so that secret scanners and people recognize them.
    static let apiPrefix = "ovp_"

    /// The secret text.
    ///
    /// Never log it.
    let text: String

    /// The SHA-256 of the text.
    ///
    /// A slow hash would protect nothing: the secret has 256 bits of chance.
    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }

    /// The first characters, which may be shown to tell tokens apart.
    var hint: String { String(text.prefix(Self.apiPrefix.count + 6)) }

    /// A new secret of 32 random bytes.
    static func random(prefix: String = "") -> SecretToken {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return SecretToken(text: prefix + Base64URL.encode(bytes))
    }

    private init(text: String) {
        self.text = text
    }

    /// Reads what a client sent; nil when it cannot be a secret of that kind, which saves the look-up.
    init?(_ text: String, prefix: String = "") {
        guard text.utf8.count == prefix.utf8.count + 43, text.hasPrefix(prefix),
            Base64URL.decode(String(text.dropFirst(prefix.count))) != nil
        else { return nil }
        self.text = text
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
