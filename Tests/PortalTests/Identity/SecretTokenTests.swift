@testable import Portal
import Testing

struct SecretTokenTests {
    @Test func random_isUniqueAndReadsBack() throws {
        let tokens = Set((0..<100).map { _ in SecretToken.random().text })
        let token = SecretToken.random(prefix: SecretToken.apiPrefix)

        #expect(tokens.count == 100)
        #expect(tokens.allSatisfy { $0.utf8.count == 43 })
        #expect(try #require(SecretToken(token.text, prefix: SecretToken.apiPrefix)).hash == token.hash)
        #expect(token.hint.utf8.count == 10 && token.text.hasPrefix(token.hint))
        #expect(token.hash.count == 32)
    }

    @Test(arguments: [
        "", "x", "ovp_", String(repeating: "A", count: 42), String(repeating: "!", count: 43),
        "ovp_" + String(repeating: "A", count: 43),
    ])
    func reading_refusesOtherShapes(text: String) {
        #expect(SecretToken(text) == nil)
    }

    @Test func csrfToken_belongsToOneSession() {
        let (mine, other) = (SecretToken.random().text, SecretToken.random().text)
        let token = CSRFToken.make(sessionToken: mine)

        #expect(CSRFToken.isValid(token, sessionToken: mine))
        #expect(!CSRFToken.isValid(token, sessionToken: other))
        #expect(!CSRFToken.isValid("", sessionToken: mine))
        #expect(!CSRFToken.isValid(mine, sessionToken: mine))
        #expect(!CSRFToken.isValid(token + "A", sessionToken: mine))
        #expect(!CSRFToken.isValid(String(token.dropLast(43)), sessionToken: mine))
    }

    @Test func csrfToken_isWrittenDifferentlyEachTime() {
        let session = SecretToken.random().text
        let tokens = (0..<100).map { _ in CSRFToken.make(sessionToken: session) }

        #expect(tokens.allSatisfy { $0.utf8.count == 86 && CSRFToken.isValid($0, sessionToken: session) })
        // Neither half may stay: that would be as good as a token that does.
        #expect(Set(tokens.map { $0.prefix(40) }).count == 100 && Set(tokens.map { $0.suffix(40) }).count == 100)
    }

    @Test func constantTimeComparison_isAComparison() {
        #expect(isEqualInConstantTime([], []))
        #expect(isEqualInConstantTime([1, 2, 3], [1, 2, 3]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2, 4]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2]))
    }
}
