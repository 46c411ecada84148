import Foundation
import JSON

/// Typed access to the members of one kubeconfig mapping; errors name the member and never its value.
struct KubeConfigReader {
    private let fields: JSONObject
    /// Where the mapping stands, such as `users[admin].user`.
    let place: String

    /// Reads a mapping that stands at a place of the document.
    init(_ fields: JSONObject, at place: String) {
        self.fields = fields
        self.place = place
    }

    /// A text; nil when absent, null or empty, which client-go does not tell apart either.
    func string(_ key: String) throws(KubernetesError) -> String? {
        guard let value = fields[key], !value.isNull else { return nil }
        guard let text = value.kubeConfigText else { throw wrong(key, "is no text") }
        return text.isEmpty ? nil : text
    }

    /// A truth value; false when absent or null.
    func bool(_ key: String) throws(KubernetesError) -> Bool {
        guard let value = fields[key], !value.isNull else { return false }
        guard let bool = value.bool else { throw wrong(key, "is neither true nor false") }
        return bool
    }

    /// A list of texts; empty when absent or null.
    func strings(_ key: String) throws(KubernetesError) -> [String] {
        guard let value = fields[key], !value.isNull else { return [] }
        guard let elements = value.array else { throw wrong(key, "is no list") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.kubeConfigText else { throw wrong(key, "has an element that is no text") }
            texts.append(text)
        }
        return texts
    }

    /// A mapping; nil when absent or null.
    func mapping(_ key: String) throws(KubernetesError) -> KubeConfigReader? {
        guard let value = fields[key], !value.isNull else { return nil }
        guard let object = value.object else { throw wrong(key, "is no mapping") }
        return KubeConfigReader(object, at: "\(place).\(key)")
    }

    /// A list of mappings; empty when absent or null.
    func mappings(_ key: String) throws(KubernetesError) -> [KubeConfigReader] {
        guard let value = fields[key], !value.isNull else { return [] }
        guard let elements = value.array else { throw wrong(key, "is no list") }
        var readers: [KubeConfigReader] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.object else { throw wrong("\(key)[\(index)]", "is no mapping") }
            readers.append(KubeConfigReader(object, at: "\(place).\(key)[\(index)]"))
        }
        return readers
    }

    /// The lists of text by key of a mapping such as `as-user-extra`.
    func lists(_ key: String) throws(KubernetesError) -> [String: [String]] {
        guard let reader = try mapping(key) else { return [:] }
        var lists: [String: [String]] = [:]
        for name in reader.fields.keys {
            lists[name] = try reader.strings(name)
        }
        return lists
    }

    /// The bytes of a `…-data` member, which is base64.
    func data(_ key: String) throws(KubernetesError) -> [UInt8]? {
        guard let text = try string(key) else { return nil }
        // YAML block scalars bring line breaks along.
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
            throw wrong(key, "is not base64")
        }
        return [UInt8](data)
    }

    /// The raw value of a member.
    func value(_ key: String) -> JSONValue? {
        fields[key]
    }

    /// True when the member is there and not null.
    func has(_ key: String) -> Bool {
        fields[key].map { !$0.isNull } ?? false
    }

    /// The error that a member is wrong; `what` continues its name.
    func wrong(_ key: String, _ what: String) -> KubernetesError {
        .configuration("\(place).\(key) \(what)")
    }

    /// The error that a member is wrong for a reason found elsewhere.
    func wrong(_ key: String, because error: KubernetesError) -> KubernetesError {
        .configuration("\(place).\(key): \(error.message)")
    }
}

extension JSONValue {
    /// The text of a string; numbers and Booleans count too, since YAML leaves the quotes away.
    var kubeConfigText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let bool): bool ? "true" : "false"
        default: nil
        }
    }
}
