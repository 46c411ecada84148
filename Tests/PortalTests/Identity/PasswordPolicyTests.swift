import Foundation
@testable import Portal
import PortalTesting
import Testing

struct PasswordPolicyTests {
    private static let context = ["ada.lovelace@engines.example", "Ada Lovelace"]

    private func codes(_ password: String, lengthMin: Int = 15) throws -> [String] {
        var policy = try PasswordPolicy.bundled
        policy.lengthMin = lengthMin
        var errors = FieldErrors()
        try policy.check(password, context: Self.context, field: "password", errors: &errors)
        return errors.all.map(\.code)
    }

    @Test(arguments: [
        ("fourteen chars", "PASSWORD_TOO_SHORT"), ("", "PASSWORD_TOO_SHORT"),
        (String(repeating: "four", count: 65), "PASSWORD_TOO_LONG"),
        ("passwordpassword", "PASSWORD_GUESSABLE"), ("P@ssw0rd!P@ssw0rd!", "PASSWORD_GUESSABLE"),
        ("password-2026-2026", "PASSWORD_GUESSABLE"), ("Password1234567", "PASSWORD_GUESSABLE"),
        ("administrator-portal", "PASSWORD_GUESSABLE"), ("correct horse battery staple", "PASSWORD_GUESSABLE"),
        ("123456789012345", "PASSWORD_GUESSABLE"), ("abcdefghijklmnop", "PASSWORD_GUESSABLE"),
        ("zyxwvutsrqponmlk", "PASSWORD_GUESSABLE"), ("qwertyuiopasdfgh", "PASSWORD_GUESSABLE"),
        ("1qaz2wsx3edc4rfv", "PASSWORD_GUESSABLE"), ("aaaaaaaaaaaaaaaa", "PASSWORD_GUESSABLE"),
        ("abababababababab", "PASSWORD_GUESSABLE"), ("20260101-20260101", "PASSWORD_GUESSABLE"),
        ("ada.lovelace.1815", "PASSWORD_GUESSABLE"), ("ada.lovelace@engines.example", "PASSWORD_GUESSABLE"),
        ("Lovelace engines 42", "PASSWORD_GUESSABLE"), ("lovelacelovelace", "PASSWORD_GUESSABLE"),
        ("WoAiNiWoAiNi1314520", "PASSWORD_GUESSABLE"), ("恭喜发财万事如意2026888888", "PASSWORD_GUESSABLE"),
        // Full-width letters and digits are the same password.
        ("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", "PASSWORD_GUESSABLE"),
    ])
    func policy_refusesWhatIsGuessedFirst(password: String, code: String) throws {
        #expect(try codes(password) == [code])
    }

    @Test(arguments: [
        "acme-demo-in-2026", "correct horse battery", "nine quiet rivers", "四个随机的词语比一个难词更好记一些",
        "tr0ub4dor and three", "               a few words after spaces", "monkeys paint orange doors",
        "xkPq93mZr2LwT8v",
    ])
    func policy_hasNoOpinionOnKindsOfCharacters(password: String) throws {
        #expect(try codes(password) == [])
    }

    @Test func policy_takesWhatTheOperatorSays() throws {
        #expect(try codes("tr0ub4dor", lengthMin: 8) == [])
        #expect(try codes("passw0rd", lengthMin: 8) == ["PASSWORD_GUESSABLE"])
        #expect(try codes("passw0rd1!", lengthMin: 8) == ["PASSWORD_GUESSABLE"])
        #expect(try codes("87654321", lengthMin: 8) == ["PASSWORD_GUESSABLE"])
    }

    @Test func length_countsCodePointsAfterNormalization() throws {
        // Seven letters with a combining accent each: 14 code points as typed, 7 normalized.
        #expect(try codes("e\u{301}a\u{301}o\u{301}i\u{301}u\u{301}n\u{303}c\u{327}") == ["PASSWORD_TOO_SHORT"])
    }

    @Test func normalization_makesKeyboardsAgree() throws {
        let composed = "sch\u{F6}ne b\u{E4}ume im wald"
        let decomposed = "scho\u{308}ne ba\u{308}ume im wald"

        #expect(Array(composed.utf8) != Array(decomposed.utf8))
        #expect(Array(PasswordText.normalized(composed).utf8) == Array(PasswordText.normalized(decomposed).utf8))
        #expect(PasswordText.normalized("ｎｉｎｅ９") == "nine9")
    }

    @Test func hasher_takesBothSpellings() async throws {
        let hasher = PasswordHasher(limits: PortalLimits.testing.identity)
        let stored = try await hasher.hash("sch\u{F6}ne b\u{E4}ume im wald")

        #expect(try await hasher.verify("scho\u{308}ne ba\u{308}ume im wald", against: stored).isRight)
    }
}
