/// Any JSON value of RFC 8259: the one representation of JSON in the product.
///
/// Numbers keep their text and objects their order, so a document that is parsed and encoded again differs
/// in white space and escapes only. That is what lets the Kubernetes client send objects back with fields
/// that it does not know.
public enum JSONValue: Sendable, Hashable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number with its exact text.
    case number(JSONNumber)
    /// A string of Unicode scalars.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members with unique keys, in order.
    case object(JSONObject)
}

extension JSONValue {
    /// The member of an object; nil when this is no object or has no such key.
    ///
    /// A `null` member gives `.null`, not nil, on reading. Writing to anything but an object is ignored,
    /// save for `null`, which becomes an object first.
    ///
    /// - Parameter key: The member's name.
    public subscript(_ key: String) -> JSONValue? {
        get {
            guard case .object(let object) = self else { return nil }
            return object[key]
        }
        set {
            if case .null = self, newValue != nil {
                self = .object([:])
            }
            guard case .object(var object) = self else { return }
            // The storage must have one owner while it changes, or every write would copy the object.
            self = .null
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element of an array; nil when this is no array or the index is outside of it.
    ///
    /// - Parameter index: From 0.
    public subscript(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The text of a string; nil for every other kind.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of an integral number that fits 64 bits; nil for every other kind, strings included.
    public var int: Int64? {
        if case .number(let value) = self { value.int } else { nil }
    }

    /// The nearest double of a number; nil for every other kind.
    public var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The exact number; nil for every other kind.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The truth value; nil for every other kind.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array; nil for every other kind.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object; nil for every other kind.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// True for the literal `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Makes `null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// Makes a Boolean.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Makes a number.
    public init(integerLiteral value: Int64) {
        self = .number(JSONNumber(value))
    }

    /// Makes a number; a literal is always finite unless it overflows, which makes `null`.
    public init(floatLiteral value: Double) {
        self = value.json
    }

    /// Makes a string.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// Makes an array.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Makes an object; a repeated key keeps its first place and takes its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(literal: elements))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact JSON text.
    public var description: String { encodedString() }
}
