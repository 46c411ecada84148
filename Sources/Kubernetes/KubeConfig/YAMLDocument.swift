public import JSON
import Yams

/// Reads YAML as JSON values, bounded against documents that blow up.
///
/// Plain scalars follow the JSON schema of YAML 1.2 section 10.2 (`null`, `true`, `1.5`; also `~` and empty
/// for null), all others are strings: `yes`, `0x10` and `2026-01-01` stay what they look like.
public enum YAMLDocument {
    /// Parses one document.
    ///
    /// - Parameters:
    ///   - text: YAML 1.1 or JSON; exactly one document.
    ///   - limits: Bounds of size, nesting and number of values.
    /// - Returns: The document; `.null` when it is empty. Mappings keep their order.
    /// - Throws: `KubernetesError` of kind `configuration` with line and column, never with the text itself.
    public static func parse(
        _ text: String,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) -> JSONValue {
        guard text.utf8.count <= limits.kubeConfigBytesMax else {
            throw .configuration("the YAML document has more than \(limits.kubeConfigBytesMax) bytes")
        }
        let root: Node?
        do {
            root = try Parser(yaml: text).singleRoot()
        } catch {
            // The parser's own message quotes the faulty line, which may hold a token.
            if case .duplicatedKeysInMapping(_, let context) = error as? YamlError {
                throw .configuration("the YAML document has a key twice\(place(of: context.mark))")
            }
            throw .configuration("not a YAML document\(place(of: error))")
        }
        guard let root else { return .null }
        var converter = YAMLConverter(depthMax: limits.yamlDepthMax, valuesMax: limits.yamlValuesMax)
        return try converter.value(of: root, depth: 0)
    }

    private static func place(of error: any Error) -> String {
        let mark: Mark? =
            switch error as? YamlError {
            case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
            default: nil
            }
        return mark.map { place(of: $0) } ?? ""
    }

    fileprivate static func place(of mark: Mark) -> String {
        ": line \(mark.line), column \(mark.column)"
    }
}

/// Turns nodes into values and counts them.
private struct YAMLConverter {
    let depthMax: Int
    let valuesMax: Int
    private var values = 0

    init(depthMax: Int, valuesMax: Int) {
        self.depthMax = depthMax
        self.valuesMax = valuesMax
    }

    mutating func value(of node: Node, depth: Int) throws(KubernetesError) -> JSONValue {
        // Aliases arrive expanded, so counting values is what bounds an alias bomb.
        values += 1
        guard values <= valuesMax else {
            throw .configuration("the YAML document has more than \(valuesMax) values")
        }
        guard depth <= depthMax else {
            throw .configuration("the YAML document is nested more than \(depthMax) levels deep")
        }
        switch node {
        case .scalar(let scalar): return Self.value(of: scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence {
                elements.append(try value(of: element, depth: depth + 1))
            }
            return .array(elements)
        case .mapping(let mapping): return try value(of: mapping, depth: depth)
        case .alias: throw .configuration("the YAML document has an alias without an anchor")
        }
    }

    private mutating func value(of mapping: Node.Mapping, depth: Int) throws(KubernetesError) -> JSONValue {
        var object = JSONObject()
        for (key, child) in mapping {
            guard case .scalar(let name) = key else {
                throw .configuration("the YAML document has a key that is no string\(Self.place(of: key))")
            }
            guard object[name.string] == nil else {
                throw .configuration("the YAML document has a key twice\(Self.place(of: key))")
            }
            object[name.string] = try value(of: child, depth: depth + 1)
        }
        return .object(object)
    }

    private static func place(of node: Node) -> String {
        node.mark.map { YAMLDocument.place(of: $0) } ?? ""
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        // A quoted scalar or one with a tag such as !!str is text whatever it looks like.
        guard scalar.style == .plain || scalar.style == .any, scalar.tag.description != Tag.Name.str.rawValue else {
            return .string(scalar.string)
        }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return JSONNumber(text: scalar.string).map(JSONValue.number) ?? .string(scalar.string)
        }
    }
}
