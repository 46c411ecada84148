import JSON
import Portal

/// A change as rows that people can read: a setting, what it is and what it is to be.
struct ChangeRows: Sendable {
    /// One setting.
    struct Row: Sendable, Equatable {
        /// The path of the setting in the API.
        let name: String
        /// What it is; nil when it is not set, and for what is made.
        let before: String?
        /// What it is to be; nil when it is to be unset.
        let after: String?
    }

    let rows: [Row]

    /// The settings that a scale or update changes, by their path.
    init(_ request: ApprovalRequest) {
        let (old, new) = (Self.leaves(request.before), Self.leaves(request.change))
        let names = Set(old.keys).union(new.keys).subtracting(["generation"])
        rows = names.sorted().compactMap { name in
            old[name] == new[name] ? nil : Row(name: name, before: old[name], after: new[name])
        }
    }

    /// The values of a document by their paths; empty ones and nulls are no values.
    private static func leaves(_ value: JSONValue, at path: String = "") -> [String: String] {
        switch value {
        case .object(let object):
            return object.reduce(into: [:]) { leaves, member in
                let name = path.isEmpty ? member.key : "\(path).\(member.key)"
                leaves.merge(Self.leaves(member.value, at: name)) { first, _ in first }
            }
        case .array(let elements): return elements.isEmpty ? [:] : [path: value.encodedString()]
        case .null: return [:]
        case .string(let text): return [path: text]
        case .bool, .number: return [path: value.encodedString()]
        }
    }
}
