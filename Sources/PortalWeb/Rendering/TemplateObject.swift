import Mustache

/// A view model in the form the templates read: escaped texts, flags, lists and nested objects by name.
///
/// Made once per page from a plain struct, so that rendering looks names up in dictionaries instead of reflecting
/// on every tag, and so that every text is escaped exactly once, here. An optional that is nil keeps its name: a
/// tag never falls through to a field of the same name further out.
struct TemplateObject: MustacheParent, Sendable {
    /// The values by name: `TemplateText`, `Bool`, `TemplateNull`, `TemplateObject`, or arrays of the first and last.
    private(set) var values: [String: any Sendable]

    /// Wraps values that are ready.
    init(values: [String: any Sendable]) { self.values = values }

    /// Reads the stored properties of a struct: `String`, `Int`, `Bool`, `TemplateObject`, structs, optionals and
    /// arrays of these.
    ///
    /// A list and an optional have a companion flag `name?` that tells whether there is something.
    init(reflecting model: Any) {
        values = [:]
        for child in Mirror(reflecting: model).children {
            guard let name = child.label else { continue }
            set(name, Self.value(of: child.value))
        }
    }

    /// Adds or replaces a value, and its companion flag.
    mutating func set(_ name: String, _ value: any Sendable) {
        values[name] = value
        switch value {
        case is TemplateNull: values["\(name)?"] = false
        case let list as [TemplateObject]: values["\(name)?"] = !list.isEmpty
        case let list as [TemplateText]: values["\(name)?"] = !list.isEmpty
        case is Bool: break
        default: values["\(name)?"] = true
        }
    }

    /// The value with a name, for the template engine.
    func child(named name: String) -> Any? { values[name] }

    private static func value(of any: Any) -> any Sendable {
        switch any {
        case let text as String: return TemplateText(text)
        case let flag as Bool: return flag
        case let number as Int: return TemplateText(String(number))
        case let object as TemplateObject: return object
        default: break
        }
        let mirror = Mirror(reflecting: any)
        switch mirror.displayStyle {
        case .optional:
            guard let wrapped = mirror.children.first else { return TemplateNull() }
            return value(of: wrapped.value)
        case .collection: return list(mirror)
        case .struct: return TemplateObject(reflecting: any)
        default: return TemplateText("⟦\(mirror.subjectType)⟧")
        }
    }

    /// Lists keep the concrete type of their elements: the engine then needs no casts to look inside.
    private static func list(_ mirror: Mirror) -> any Sendable {
        let elements = mirror.children.map { value(of: $0.value) }
        if let objects = elements as? [TemplateObject] { return objects }
        if let texts = elements as? [TemplateText] { return texts }
        return elements
    }
}

/// A text that is escaped already.
struct TemplateText: MustacheCustomRenderable, MustacheParent, Sendable {
    let renderText: String
    var isNull: Bool { false }

    /// A text has nothing inside; said here so that the engine does not reflect on it.
    func child(named name: String) -> Any? { nil }

    /// Escapes a text.
    init(_ text: String) { renderText = HTMLText.escaped(text) }
}

/// The place of an optional that is nil: a name that exists and shows nothing.
struct TemplateNull: MustacheCustomRenderable, Sendable {
    var renderText: String { "" }
    var isNull: Bool { true }
}
