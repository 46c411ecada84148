/// One place where a values document breaks the chart's schema.
public struct SchemaViolation: Sendable, Hashable {
    /// What kind of rule was broken.
    public enum Rule: String, Sendable, Hashable {
        /// The key is not in the schema.
        case unknownKey = "UNKNOWN_KEY"
        /// A key that has to be there is missing.
        case missingKey = "MISSING_KEY"
        /// The value has another JSON type than the schema wants.
        case wrongType = "WRONG_TYPE"
        /// The value is not one of the listed ones.
        case notAllowed = "NOT_ALLOWED"
        /// The text does not match the pattern or length, or the number is out of range.
        case outOfRange = "OUT_OF_RANGE"
        /// None, or more than one, of several alternatives holds.
        case noAlternative = "NO_ALTERNATIVE"
        /// The document nests too deep to be looked at.
        case tooDeep = "TOO_DEEP"
    }

    /// Dotted path of the value from the root of the document, such as `controlPlane.service.spec`; empty for the root.
    public var path: String
    /// What kind of rule was broken.
    public var rule: Rule
    /// One sentence for a person, without the path.
    public var message: String

    /// Creates a violation.
    public init(path: String, rule: Rule, message: String) {
        self.path = path
        self.rule = rule
        self.message = message
    }
}

/// Where in a document the validator stands; a list from the leaf to the root, so that siblings share their parents.
indirect enum SchemaPath {
    case root
    case key(String, of: SchemaPath)
    case index(Int, of: SchemaPath)

    /// Keys that would read ambiguously in a dotted path are quoted in brackets, as `kubectl` and `jq` do.
    var text: String {
        switch self {
        case .root:
            return ""
        case .index(let index, of: let parent):
            return "\(parent.text)[\(index)]"
        case .key(let key, of: let parent):
            let isPlain = !key.isEmpty && key.utf8.allSatisfy { Self.isPlain($0) }
            let above = parent.text
            if !isPlain { return "\(above)[\"\(key)\"]" }
            return above.isEmpty ? key : "\(above).\(key)"
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}
