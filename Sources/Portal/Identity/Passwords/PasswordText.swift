import Foundation

/// The one spelling of a password that is hashed and compared.
enum PasswordText {
    /// The compatibility composition (NFKC, Unicode Standard Annex 15), as NIST SP 800-63B-4 section 3.1.1.2 asks for.
    ///
    /// One keyboard sends `ä` as one code point, another as two; a Chinese input method may send full-width digits.
    static func normalized(_ password: String) -> String {
        // Almost every password is ASCII, which is its own normal form.
        guard !password.utf8.allSatisfy({ $0 < 0x80 }) else { return password }
        return password.precomposedStringWithCompatibilityMapping
    }

    /// Lower-case letters with the digits and signs that stand for letters turned back: `P@ssw0rd` is `password`.
    static func unmasked(_ text: String) -> String {
        String(text.lowercased().map { masks[$0] ?? $0 })
    }

    private static let masks: [Character: Character] = [
        "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "!": "i",
        "|": "l", "+": "t", "€": "e",
    ]
}
