import JSON

/// One schema of the subset of JSON Schema that vcluster charts use, compiled once.
///
/// Keywords outside the subset are annotations or, at worst, checks that Helm still makes at install time: leaving
/// them out may accept too much here, never too little.
struct SchemaNode: Sendable {
    /// What to do with keys that neither `properties` nor `patternProperties` name.
    enum Additional: Sendable {
        case allowed
        case refused
        indirect case matching(SchemaNode)
    }

    var reference: String?
    /// Empty when any type is fine.
    var types: [JSONType] = []
    var properties: [String: SchemaNode] = [:]
    var patternProperties: [(pattern: String, schema: SchemaNode)] = []
    var additional = Additional.allowed
    /// No element, or one: the schema of every item of an array.
    var items: [SchemaNode] = []
    var required: [String] = []
    var allowedValues: [JSONValue]?
    var pattern: String?
    var lengthMin: Int?
    var minimum: Double?
    var maximum: Double?
    var itemsMin: Int?
    var oneOf: [SchemaNode] = []
    var anyOf: [SchemaNode] = []
    var allOf: [SchemaNode] = []

    /// The keys that a person could have meant at this place.
    var knownKeys: some Sequence<String> { properties.keys }
}

/// The JSON types that a schema's `type` may name.
enum JSONType: String, Sendable {
    case object, array, string, integer, number, boolean, null

    /// Whether a value is of this type; an integer may be written with a zero fraction (JSON Schema core 6.1.1).
    func matches(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.object, .object), (.array, .array), (.string, .string), (.boolean, .bool), (.null, .null),
            (.number, .number):
            true
        case (.integer, .number(let number)):
            number.int != nil || number.double.rounded() == number.double
        default:
            false
        }
    }

    /// The type in the words of a person who writes YAML.
    var words: String {
        switch self {
        case .object: "a mapping"
        case .array: "a list"
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .null: "null"
        }
    }

    /// The type of a value, in the same words.
    static func words(for value: JSONValue) -> String {
        switch value {
        case .object: JSONType.object.words
        case .array: JSONType.array.words
        case .string: JSONType.string.words
        case .number: JSONType.number.words
        case .bool: JSONType.boolean.words
        case .null: JSONType.null.words
        }
    }
}
