import Foundation
import JSON
import Yams

/// The API description `openapi.yaml`, as written and as JSON.
struct OpenAPIDocument: Sendable {
    /// The file as it is.
    let yaml: [UInt8]

    /// The same document as JSON, members in the same order.
    let json: [UInt8]

    /// Reads and converts the file; a description that is not valid YAML stops the boot.
    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        yaml = Array(data)
        guard let node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) else {
            throw OpenAPIDocumentError.empty(path: path)
        }
        json = try Self.value(node).encoded()
    }

    /// The JSON value of a YAML node (YAML 1.2 section 10.2, the JSON schema).
    private static func value(_ node: Node) throws -> JSONValue {
        switch node {
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, value) in mapping {
                guard let key = key.scalar?.string else { throw OpenAPIDocumentError.keyIsNotText }
                object[key] = try Self.value(value)
            }
            return .object(object)
        case .sequence(let sequence):
            return .array(try sequence.map(Self.value))
        case .scalar(let scalar):
            return Self.scalar(node, text: scalar.string)
        case .alias:
            throw OpenAPIDocumentError.alias
        }
    }

    private static func scalar(_ node: Node, text: String) -> JSONValue {
        switch node.tag.description {
        case Tag.Name.null.rawValue: .null
        case Tag.Name.bool.rawValue: node.bool.map { .bool($0) } ?? .string(text)
        case Tag.Name.int.rawValue: node.int.map { JSONValue($0) } ?? .string(text)
        case Tag.Name.float.rawValue: node.float.flatMap { JSONNumber($0) }.map { .number($0) } ?? .string(text)
        default: .string(text)
        }
    }
}

/// Why the API description cannot be served.
enum OpenAPIDocumentError: Error {
    case empty(path: String)
    case keyIsNotText
    case alias
}
