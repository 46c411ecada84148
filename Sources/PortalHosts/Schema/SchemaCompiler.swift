import JSON

/// Reasons why a file is no usable schema.
public enum ChartSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(path: String)
    /// The bytes are no JSON, or too many.
    case malformed(reason: String)
    /// A keyword has a value that the keyword cannot have.
    case invalidKeyword(keyword: String, at: String)
    /// A `$ref` points nowhere, or out of the file.
    case unresolvedReference(String)

    /// One sentence for the log.
    public var description: String {
        switch self {
        case .unreadable(let path): "The schema \(path) cannot be read."
        case .malformed(let reason): "The schema is not valid JSON: \(reason)"
        case .invalidKeyword(let keyword, let place): "The keyword \(keyword) at \(place) has an unusable value."
        case .unresolvedReference(let reference): "The schema reference \(reference) leads nowhere."
        }
    }
}

/// Turns the JSON of a schema into `SchemaNode`s.
struct SchemaCompiler {
    /// Compiled `$defs` and `definitions`, by the reference that names them.
    private(set) var definitions: [String: SchemaNode] = [:]
    private var references: Set<String> = []

    /// Compiles a whole document; afterwards `definitions` has what the root refers to.
    mutating func compile(document: JSONValue) throws(ChartSchemaError) -> SchemaNode {
        for keyword in ["$defs", "definitions"] {
            guard let members = document[keyword]?.object else { continue }
            for (name, schema) in members {
                definitions["#/\(keyword)/\(name)"] = try compile(schema, at: "#/\(keyword)/\(name)")
            }
        }
        let root = try compile(document, at: "#")
        for reference in references.sorted() where definitions[reference] == nil {
            throw .unresolvedReference(reference)
        }
        return root
    }

    private mutating func compile(_ json: JSONValue, at place: String) throws(ChartSchemaError) -> SchemaNode {
        var node = SchemaNode()
        if case .bool(let isAnything) = json {
            if !isAnything { node.allowedValues = [] }
            return node
        }
        guard let object = json.object else { throw .invalidKeyword(keyword: "schema", at: place) }
        if let reference = object["$ref"] {
            guard let text = reference.string else { throw .invalidKeyword(keyword: "$ref", at: place) }
            node.reference = text
            references.insert(text)
        }
        node.types = try types(object["type"], at: place)
        for (name, schema) in object["properties"]?.object ?? [:] {
            node.properties[name] = try compile(schema, at: "\(place)/properties/\(name)")
        }
        for (pattern, schema) in object["patternProperties"]?.object ?? [:] {
            try check(pattern: pattern, at: place)
            node.patternProperties.append((pattern, try compile(schema, at: "\(place)/patternProperties")))
        }
        node.additional = try additional(object["additionalProperties"], at: place)
        if let items = object["items"] { node.items = [try compile(items, at: "\(place)/items")] }
        node.oneOf = try list(object["oneOf"], at: "\(place)/oneOf")
        node.anyOf = try list(object["anyOf"], at: "\(place)/anyOf")
        node.allOf = try list(object["allOf"], at: "\(place)/allOf")
        try readAssertions(of: object, into: &node, at: place)
        return node
    }

    private func readAssertions(
        of object: JSONObject,
        into node: inout SchemaNode,
        at place: String
    ) throws(ChartSchemaError) {
        node.required = (object["required"]?.array ?? []).compactMap { $0.string }
        node.allowedValues = object["enum"]?.array ?? object["const"].map { [$0] }
        if let pattern = object["pattern"]?.string {
            try check(pattern: pattern, at: place)
            node.pattern = pattern
        }
        node.lengthMin = object["minLength"]?.int.map(Int.init(clamping:))
        node.minimum = object["minimum"]?.double
        node.maximum = object["maximum"]?.double
        node.itemsMin = object["minItems"]?.int.map(Int.init(clamping:))
    }

    private func types(_ json: JSONValue?, at place: String) throws(ChartSchemaError) -> [JSONType] {
        guard let json else { return [] }
        let names = json.string.map { [$0] } ?? json.array?.compactMap { $0.string } ?? []
        let types = names.compactMap { JSONType(rawValue: $0) }
        guard !types.isEmpty, types.count == (json.array?.count ?? 1) else {
            throw .invalidKeyword(keyword: "type", at: place)
        }
        return types
    }

    private mutating func additional(
        _ json: JSONValue?,
        at place: String
    ) throws(ChartSchemaError) -> SchemaNode.Additional {
        switch json {
        case nil, .bool(true): .allowed
        case .bool(false): .refused
        case .some(let schema): .matching(try compile(schema, at: "\(place)/additionalProperties"))
        }
    }

    private mutating func list(_ json: JSONValue?, at place: String) throws(ChartSchemaError) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        for (index, schema) in (json?.array ?? []).enumerated() {
            nodes.append(try compile(schema, at: "\(place)/\(index)"))
        }
        return nodes
    }

    private func check(pattern: String, at place: String) throws(ChartSchemaError) {
        do {
            _ = try Regex(pattern)
        } catch {
            throw .invalidKeyword(keyword: "pattern", at: place)
        }
    }
}
