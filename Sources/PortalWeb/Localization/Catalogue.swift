import Foundation
import Portal
import Yams

/// All texts of the pages in one language.
///
/// A catalogue is a YAML file of nested mappings; the path of a text with dots is its key. A mapping that has a
/// form `other` is one text with plural forms.
struct Catalogue: Sendable {
    /// The texts by key.
    let messages: [String: Message]

    /// Reads a catalogue.
    ///
    /// - Throws: ``CatalogueError`` naming the key at fault.
    init(yaml: String) throws {
        guard let root = try Yams.compose(yaml: yaml)?.mapping else {
            throw CatalogueError("A catalogue is a mapping of keys to texts.")
        }
        var messages: [String: Message] = [:]
        try Self.collect(root, path: "", into: &messages)
        self.messages = messages
    }

    private static func collect(_ mapping: Node.Mapping, path: String, into messages: inout [String: Message]) throws {
        for (keyNode, node) in mapping {
            guard let name = keyNode.scalar?.string else { throw CatalogueError("A key in “\(path)” is not a text.") }
            let key = path.isEmpty ? name : "\(path).\(name)"
            guard messages[key] == nil else { throw CatalogueError("The key “\(key)” is there twice.") }
            if let text = node.scalar?.string {
                messages[key] = try message([.other: text], key: key)
            } else if let forms = pluralForms(node) {
                messages[key] = try message(forms, key: key)
            } else if let group = node.mapping {
                try collect(group, path: key, into: &messages)
            } else {
                throw CatalogueError("“\(key)” is neither a text nor a group of texts.")
            }
        }
    }

    private static func message(_ forms: [PluralCategory: String], key: String) throws(CatalogueError) -> Message {
        do {
            return try Message(forms)
        } catch {
            throw CatalogueError("“\(key)”: \(error)")
        }
    }

    private static func pluralForms(_ node: Node) -> [PluralCategory: String]? {
        guard let mapping = node.mapping, mapping["other"]?.scalar != nil else { return nil }
        var forms: [PluralCategory: String] = [:]
        for (key, value) in mapping {
            guard let category = key.scalar.flatMap({ PluralCategory(rawValue: $0.string) }),
                let text = value.scalar?.string
            else { return nil }
            forms[category] = text
        }
        return forms
    }
}

/// The catalogues of all languages, checked against each other.
struct Catalogues: Sendable {
    private let byLanguage: [PortalLanguage: Catalogue]

    /// Reads `<language>.yaml` for every language from a folder.
    ///
    /// - Throws: ``CatalogueError`` when a file is missing or broken, or when the languages do not have the same
    ///   keys with the same arguments: a half-translated portal does not start.
    init(directory: String) throws {
        var byLanguage: [PortalLanguage: Catalogue] = [:]
        for language in PortalLanguage.allCases {
            let path = "\(directory)/\(language.rawValue).yaml"
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CatalogueError("The catalogue \(path) is missing.")
            }
            do {
                byLanguage[language] = try Catalogue(yaml: String(decoding: data, as: UTF8.self))
            } catch {
                throw CatalogueError("\(path): \(error)")
            }
        }
        try self.init(byLanguage)
    }

    /// Pairs catalogues up.
    init(_ byLanguage: [PortalLanguage: Catalogue]) throws(CatalogueError) {
        self.byLanguage = byLanguage
        let problems = differences
        guard problems.isEmpty else { throw CatalogueError(problems.joined(separator: "\n")) }
    }

    /// The text with a key, or nil.
    func message(_ key: String, in language: PortalLanguage) -> Message? {
        byLanguage[language]?.messages[key]
    }

    /// All keys in alphabetical order.
    var keys: [String] {
        (byLanguage[.english]?.messages.keys).map { $0.sorted() } ?? []
    }

    private var differences: [String] {
        let all = Set(byLanguage.values.flatMap { $0.messages.keys })
        var problems: [String] = []
        for key in all.sorted() {
            let messages = PortalLanguage.allCases.map { ($0, byLanguage[$0]?.messages[key]) }
            for (language, message) in messages where message == nil {
                problems.append("“\(key)” has no text in \(language.rawValue).")
            }
            let arguments = Set(messages.compactMap { $0.1?.arguments })
            if arguments.count > 1 { problems.append("“\(key)” has other arguments in another language.") }
        }
        return problems
    }
}
