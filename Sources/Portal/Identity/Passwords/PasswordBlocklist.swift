import FoundationEssentials

/// Words that attackers try first: `Resources/passwords/common.txt`, made for this portal.
public struct PasswordBlocklist: Sendable {
    private let words: Set<String>

    /// A list of words in any case.
    public init(words: [String]) {
        self.words = Set(words.map { $0.lowercased() })
    }

    /// Reads a file with one word a line; empty lines and lines that begin with `#` are comments.
    ///
    /// - Throws: When the file cannot be read.
    public init(path: String) throws {
        let data = try Data(contentsOf: URL(filePath: path))
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        self.init(words: lines.map { String($0).trimmed }.filter { !$0.isEmpty && !$0.hasPrefix("#") })
    }

    /// How many words it has.
    public var count: Int { words.count }

    /// Whether a text, in lower case, is one of the words.
    func contains(_ text: String) -> Bool { words.contains(text) }
}
