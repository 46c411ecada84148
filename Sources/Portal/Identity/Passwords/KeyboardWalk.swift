/// Passwords that fingers type without thinking: along the alphabet, the digits or the rows and columns of a keyboard.
enum KeyboardWalk {
    private static let lines = [
        "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm",
        "wxcvbn",
        "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol", "0p", "!@#$%^&*()",
    ]

    private static let neighbours: Set<[Character]> = lines.reduce(into: []) { pairs, line in
        for pair in zip(line, line.dropFirst()) {
            pairs.insert([pair.0, pair.1])
            pairs.insert([pair.1, pair.0])
        }
    }

    /// How many of the steps from one character to the next are to a neighbour: the same, the next or the previous one in
    /// Unicode, or beside it on a keyboard.
    ///
    /// - Returns: Percent, rounded down; 100 for fewer than two characters.
    static func predictablePercent(_ text: String) -> Int {
        let characters = Array(text)
        guard characters.count > 1 else { return 100 }
        let steps = zip(characters, characters.dropFirst())
        let predictable = steps.count { isNeighbour($0, $1) }
        return predictable * 100 / (characters.count - 1)
    }

    private static func isNeighbour(_ left: Character, _ right: Character) -> Bool {
        if left == right || neighbours.contains([left, right]) { return true }
        guard let first = left.unicodeScalars.first?.value, let second = right.unicodeScalars.first?.value else {
            return false
        }
        return first > second ? first - second == 1 : second - first == 1
    }
}
