import Portal

/// The texts of the catalogues in the form the templates read them: `{{t.vclusters.title}}`.
struct TemplateTexts: Sendable {
    /// The name that templates use.
    static let name = "t"

    private let byLanguage: [PortalLanguage: TemplateObject]

    /// Nests every text without arguments by the parts of its key.
    ///
    /// Texts with arguments are filled in by view models.
    init(_ catalogues: Catalogues) {
        var byLanguage: [PortalLanguage: TemplateObject] = [:]
        for language in PortalLanguage.allCases {
            var root = Group()
            for key in catalogues.keys {
                guard let message = catalogues.message(key, in: language), message.arguments.isEmpty else { continue }
                root.insert(
                    message.text([:], language: language),
                    path: key.split(separator: ".").map(String.init)[...]
                )
            }
            byLanguage[language] = root.object
        }
        self.byLanguage = byLanguage
    }

    /// The texts in a language.
    func object(_ language: PortalLanguage) -> TemplateObject {
        byLanguage[language] ?? TemplateObject(values: [:])
    }

    /// Checks at boot that every `{{t.…}}` in the templates is a text of the catalogues.
    ///
    /// - Throws: ``TemplateError`` listing the keys that are missing.
    func require(namesIn library: TemplateLibrary, catalogues: Catalogues) throws(TemplateError) {
        let known = Set(catalogues.keys)
        let missing = library.names.filter { $0.hasPrefix("\(Self.name).") }
            .map { String($0.dropFirst(Self.name.count + 1)) }
            .filter { key in
                guard known.contains(key), let message = catalogues.message(key, in: .english) else { return true }
                return !message.arguments.isEmpty
            }
        guard missing.isEmpty else {
            throw TemplateError("The catalogues have no plain text for: \(missing.sorted().joined(separator: ", ")).")
        }
    }

    private struct Group {
        var texts: [String: String] = [:]
        var groups: [String: Group] = [:]

        mutating func insert(_ text: String, path: ArraySlice<String>) {
            guard let name = path.first else { return }
            if path.count == 1 {
                texts[name] = text
            } else {
                groups[name, default: Group()].insert(text, path: path.dropFirst())
            }
        }

        var object: TemplateObject {
            var values: [String: any Sendable] = [:]
            for (name, text) in texts { values[name] = TemplateText(text) }
            for (name, group) in groups { values[name] = group.object }
            return TemplateObject(values: values)
        }
    }
}
