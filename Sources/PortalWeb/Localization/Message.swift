import Portal

/// One text of a catalogue: literal parts, named arguments and, where the text counts something, plural forms.
struct Message: Sendable, Equatable {
    /// The forms by plural category; a text that counts nothing has only `other`.
    let forms: [PluralCategory: [Segment]]

    /// A part of a text.
    enum Segment: Sendable, Equatable {
        case literal(String)
        case argument(String)
    }

    /// The argument that chooses the plural form.
    static let pluralArgument = "count"

    /// Reads the `{name}` notation.
    ///
    /// - Throws: ``CatalogueError`` when a brace does not close or a name is not one.
    init(_ texts: [PluralCategory: String]) throws(CatalogueError) {
        var forms: [PluralCategory: [Segment]] = [:]
        for (category, text) in texts { forms[category] = try Self.segments(of: text) }
        guard forms[.other] != nil else { throw CatalogueError("A plural needs the form `other`.") }
        self.forms = forms
    }

    /// The names of the arguments, over all forms.
    var arguments: Set<String> {
        var names: Set<String> = []
        for segment in forms.values.joined() {
            if case .argument(let name) = segment { names.insert(name) }
        }
        return names
    }

    /// Whether the text counts something.
    var isPlural: Bool { forms.count > 1 }

    /// Fills the arguments in.
    ///
    /// An argument that is not given stays visible as `{name}`.
    func text(_ arguments: [String: MessageArgument], language: PortalLanguage) -> String {
        var category = PluralCategory.other
        if isPlural, case .number(let count) = arguments[Self.pluralArgument] {
            category = language.pluralCategory(of: count)
        }
        var text = ""
        for segment in forms[category] ?? forms[.other] ?? [] {
            switch segment {
            case .literal(let literal): text += literal
            case .argument(let name): text += arguments[name]?.text ?? "{\(name)}"
            }
        }
        return text
    }

    private static func segments(of text: String) throws(CatalogueError) -> [Segment] {
        var segments: [Segment] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { segments.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw CatalogueError("`{` without `}` in “\(text)”.")
            }
            let name = rest[rest.index(after: open)..<close]
            guard !name.isEmpty, name.allSatisfy({ $0.isASCII && $0.isLetter }) else {
                throw CatalogueError("“\(name)” is not the name of an argument in “\(text)”.")
            }
            segments.append(.argument(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { segments.append(.literal(String(rest))) }
        return segments
    }
}

/// The plural categories of CLDR that the portal's languages use.
enum PluralCategory: String, Sendable, CaseIterable {
    case one, other
}

extension PortalLanguage {
    /// The plural rule of the language for integers (CLDR): English has `one`, Chinese has no plural.
    func pluralCategory(of count: Int) -> PluralCategory {
        switch self {
        case .english: count == 1 ? .one : .other
        case .simplifiedChinese: .other
        }
    }
}

/// A value for a named argument of a message.
enum MessageArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    case text(String)
    case number(Int)

    /// A literal text.
    init(stringLiteral value: String) { self = .text(value) }

    /// What the reader sees; numbers are grouped by thousands in both languages.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): NumberText.grouped(number)
        }
    }
}

/// A fault in a catalogue; the portal does not start with one.
struct CatalogueError: Error, CustomStringConvertible {
    let description: String

    /// A fault described for the person who edits the catalogue.
    init(_ description: String) { self.description = description }
}
