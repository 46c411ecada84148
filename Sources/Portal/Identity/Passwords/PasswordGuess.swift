/// Whether a password is among the first that a guesser tries.
struct PasswordGuess {
    private let folded: String

    /// Looks at a normalized password.
    init(_ password: String) {
        folded = password.lowercased()
    }

    /// So many words in a row are guessed by dictionaries; more are a phrase.
    private static let wordsMax = 2
    /// Fewer characters make no password, however often they are repeated.
    private static let distinctMin = 5
    /// Of so many steps from one character to the next, in percent, the next one could be told.
    private static let predictablePercent = 70
    /// What follows is compared whole only up to this length: long passwords are not made of two words.
    private static let lettersMax = 64

    /// Whether the password is a pattern, or nothing but common words and words that others know, with any digits and
    /// signs between and around them.
    func isEasy(context: [String], blocklist: PasswordBlocklist) -> Bool {
        if Set(folded).count < Self.distinctMin || blocklist.contains(folded) { return true }
        if KeyboardWalk.predictablePercent(folded) >= Self.predictablePercent { return true }
        let known = Self.words(in: context)
        let once = Self.unit(folded)
        return [once, PasswordText.unmasked(Self.core(once))].contains { text in
            let letters = Self.unit(text.filter(\.isLetter))
            // What is left of it may be only digits and signs, such as a date written twice.
            guard !letters.isEmpty else { return Self.unit(text.filter(\.isNumber)).count <= 8 }
            return isMadeOfWords(Array(letters)) { blocklist.contains($0) || known.contains($0) }
        }
    }

    /// Whether at most `wordsMax` words make up all of the letters.
    private func isMadeOfWords(_ letters: [Character], isWord: (String) -> Bool) -> Bool {
        guard letters.count <= Self.lettersMax else { return false }
        // fewest[n]: how many words the first n letters take.
        var fewest: [Int?] = [0] + Array(repeating: nil, count: letters.count)
        for end in 1...letters.count {
            for start in 0..<end {
                guard let before = fewest[start], before < Self.wordsMax, before + 1 < fewest[end] ?? .max,
                    isWord(String(letters[start..<end]))
                else { continue }
                fewest[end] = before + 1
            }
        }
        return fewest[letters.count] != nil
    }

    /// The text without digits and signs at its ends, which are no letters in disguise: `p@ssw0rd` of `p@ssw0rd2026!`.
    private static func core(_ text: String) -> String {
        let start = text.drop { !$0.isLetter }
        return String(start.reversed().drop { !$0.isLetter }.reversed())
    }

    /// The shortest text that the text repeats: `ab` of `ababab`.
    private static func unit(_ text: String) -> String {
        let characters = Array(text)
        guard characters.count > 1 else { return text }
        for length in 1...(characters.count / 2) where characters.count % length == 0 {
            if characters.indices.allSatisfy({ characters[$0] == characters[$0 % length] }) {
                return String(characters[..<length])
            }
        }
        return text
    }

    /// The words of names and addresses, whole and apart, in lower case; those of three letters and more.
    private static func words(in context: [String]) -> Set<String> {
        let texts = context.map { PasswordText.normalized($0).lowercased() }
        return texts.reduce(into: []) { words, text in
            words.insert(text.filter(\.isLetter))
            for part in text.split(separator: "@") { words.insert(part.filter(\.isLetter)) }
            for part in text.split(whereSeparator: { !$0.isLetter }) where part.count >= 3 {
                words.insert(String(part))
            }
        }
    }
}
