import Foundation

/// A template file, read into its tags before the template engine sees it.
///
/// The portal uses a strict part of mustache: variables, sections, inverted sections, partials, one level of
/// inheritance and comments. Raw output and changed delimiters are refused, so that no template can skip escaping.
struct TemplateSource: Sendable {
    /// The parts of the file in order.
    let nodes: [TemplateNode]

    /// The text the engine parses.
    ///
    /// White space at the start of lines is dropped (pages have no indentation that means something), and each
    /// variable is written as a raw tag, because ``TemplateObject`` has escaped its value already.
    let text: String

    /// Reads a file.
    ///
    /// - Throws: ``TemplateError`` naming the tag at fault.
    init(_ source: String) throws(TemplateError) {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
        let compact = lines.map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: "\n")
        var text = ""
        var stack: [(tag: TemplateTag?, nodes: [TemplateNode])] = [(nil, [])]
        var rest = Substring(compact)
        while let open = rest.range(of: "{{") {
            text += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].range(of: "}}") else {
                throw TemplateError("A tag is not closed: \(rest[open.lowerBound...].prefix(40))")
            }
            let tag = try TemplateTag(rest[open.upperBound..<close.lowerBound])
            text += tag.engineText
            try Self.append(tag, to: &stack)
            rest = rest[close.upperBound...]
        }
        guard stack.count == 1 else {
            throw TemplateError("{{#\(stack[stack.count - 1].tag?.name ?? "")}} is not closed.")
        }
        nodes = stack[0].nodes
        self.text = text + rest + "\n"
    }

    private static func append(
        _ tag: TemplateTag,
        to stack: inout [(tag: TemplateTag?, nodes: [TemplateNode])]
    ) throws(TemplateError) {
        switch tag.kind {
        case .comment: break
        case .variable, .partial: stack[stack.count - 1].nodes.append(TemplateNode(tag: tag, children: []))
        case .section, .inverted, .parent, .block: stack.append((tag, []))
        case .close:
            guard stack.count > 1, let opener = stack[stack.count - 1].tag, opener.name == tag.name else {
                throw TemplateError("{{/\(tag.name)}} closes nothing.")
            }
            let children = stack.removeLast().nodes
            stack[stack.count - 1].nodes.append(TemplateNode(tag: opener, children: children))
        }
    }
}

/// A tag with what it encloses.
struct TemplateNode: Sendable {
    let tag: TemplateTag
    let children: [TemplateNode]
}

/// One `{{…}}`.
struct TemplateTag: Sendable, Equatable {
    let kind: Kind
    let name: String

    /// What the tag does.
    enum Kind: String, Sendable {
        case variable = ""
        case section = "#"
        case inverted = "^"
        case close = "/"
        case partial = ">"
        case parent = "<"
        case block = "$"
        case comment = "!"
    }

    /// Reads the inside of the braces.
    init(_ inside: Substring) throws(TemplateError) {
        guard let first = inside.first else { throw TemplateError("A tag is empty.") }
        let kind = Kind(rawValue: String(first)) ?? .variable
        let name = String(kind == .variable ? inside : inside.dropFirst()).trimmingSpaces
        guard kind != .comment else {
            (self.kind, self.name) = (kind, "")
            return
        }
        guard !name.isEmpty, name.allSatisfy(Self.isNameCharacter) else {
            throw TemplateError("{{\(inside)}} is not a tag of the portal; raw output and delimiters are not allowed.")
        }
        (self.kind, self.name) = (kind, name)
    }

    /// The tag as the engine gets it.
    var engineText: String {
        switch kind {
        case .comment: ""
        case .variable: "{{&\(name)}}"
        default: "{{\(kind.rawValue)\(Self.engineName(name))}}"
        }
    }

    /// The name the engine knows a template by: it reads no slash in the tag that closes an inheritance.
    static func engineName(_ name: String) -> String {
        name.replacing("/", with: ".")
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-/?".contains(character))
    }
}

/// A fault in the templates; the portal does not start with one.
struct TemplateError: Error, CustomStringConvertible {
    let description: String

    /// A fault described for the person who edits the template.
    init(_ description: String) { self.description = description }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
