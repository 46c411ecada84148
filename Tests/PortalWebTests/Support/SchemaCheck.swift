import HTTPCore
import JSON
import Portal

/// Checks values against the schemas of `openapi.yaml`: the part of JSON Schema 2020-12 that the file uses.
struct SchemaCheck {
    let document: JSONValue
    private(set) var problems: [String] = []

    init(_ document: JSONValue) {
        self.document = document
    }

    /// Everything that is wrong with a value, as `path: problem`; empty when it fits.
    static func problems(of value: JSONValue, against schema: JSONValue, in document: JSONValue) -> [String] {
        var check = SchemaCheck(document)
        check.check(value, schema, at: "$")
        return check.problems
    }

    private mutating func check(_ value: JSONValue, _ schema: JSONValue, at path: String) {
        if let reference = schema["$ref"]?.string {
            guard let target = document.resolve(reference) else { return fail(path, "\(reference) does not exist") }
            return check(value, target, at: path)
        }
        if let options = schema["anyOf"]?.array {
            let fits = options.contains { Self.problems(of: value, against: $0, in: document).isEmpty }
            if !fits { fail(path, "fits none of anyOf") }
        }
        checkType(value, schema, at: path)
        if let values = schema["enum"]?.array, !values.contains(value) { fail(path, "\(value) is not in the enum") }
        if let constant = schema["const"], constant != value { fail(path, "\(value) is not \(constant)") }
        if let text = value.string { checkString(text, schema, at: path) }
        if let number = value.double { checkNumber(number, schema, at: path) }
        if let object = value.object { checkObject(object, schema, at: path) }
        if let array = value.array, let items = schema["items"] {
            for (index, element) in array.enumerated() { check(element, items, at: "\(path)[\(index)]") }
        }
    }

    private mutating func checkType(_ value: JSONValue, _ schema: JSONValue, at path: String) {
        guard let type = schema["type"] else { return }
        let allowed = type.array?.compactMap(\.string) ?? [type.string].compactMap { $0 }
        let fits = allowed.contains { name in
            switch name {
            case "null": value.isNull
            case "string": value.string != nil
            case "boolean": value.bool != nil
            case "integer": value.int != nil
            case "number": value.double != nil
            case "array": value.array != nil
            case "object": value.object != nil
            default: false
            }
        }
        if !fits { fail(path, "\(value) is not of type \(allowed)") }
    }

    private mutating func checkString(_ text: String, _ schema: JSONValue, at path: String) {
        if let most = schema["maxLength"]?.int, text.count > most { fail(path, "is too long") }
        if let least = schema["minLength"]?.int, text.count < least { fail(path, "is too short") }
        switch schema["format"]?.string {
        case "uuid" where TenantID(text)?.description != text: fail(path, "\(text) is not a lower-case UUID")
        case "date-time" where RFC3339.parse(text) == nil: fail(path, "\(text) is not a time")
        default: break
        }
    }

    private mutating func checkNumber(_ number: Double, _ schema: JSONValue, at path: String) {
        if let least = schema["minimum"]?.double, number < least { fail(path, "\(number) is too small") }
        if let most = schema["maximum"]?.double, number > most { fail(path, "\(number) is too large") }
    }

    private mutating func checkObject(_ object: JSONObject, _ schema: JSONValue, at path: String) {
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            fail(path, "\(name) is missing")
        }
        for (name, value) in object {
            if let property = schema["properties"]?[name] {
                check(value, property, at: "\(path).\(name)")
            } else if let others = schema["additionalProperties"] {
                if others == false {
                    fail(path, "\(name) is not described")
                } else {
                    check(value, others, at: "\(path).\(name)")
                }
            }
        }
    }

    private mutating func fail(_ path: String, _ problem: String) {
        problems.append("\(path): \(problem)")
    }
}

extension JSONValue {
    /// The target of a reference inside the document: `#/components/schemas/VCluster`.
    func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(self as JSONValue?) { value, key in
            value?[String(key)]
        }
    }

    /// The value, or what its reference points to.
    func following(_ document: JSONValue) -> JSONValue {
        self["$ref"]?.string.flatMap { document.resolve($0) } ?? self
    }
}
