/// A value that has one JSON form.
public protocol JSONRepresentable {
    /// The value's JSON form.
    var json: JSONValue { get }
}

extension JSONValue: JSONRepresentable {
    /// The value itself.
    public var json: JSONValue { self }
}

extension JSONObject: JSONRepresentable {
    /// The object as a value.
    public var json: JSONValue { .object(self) }
}

extension JSONNumber: JSONRepresentable {
    /// The number as a value.
    public var json: JSONValue { .number(self) }
}

extension String: JSONRepresentable {
    /// A JSON string.
    public var json: JSONValue { .string(self) }
}

extension Bool: JSONRepresentable {
    /// `true` or `false`.
    public var json: JSONValue { .bool(self) }
}

extension Int: JSONRepresentable {
    /// A JSON number without fraction.
    public var json: JSONValue { .number(JSONNumber(self)) }
}

extension Int64: JSONRepresentable {
    /// A JSON number without fraction.
    public var json: JSONValue { .number(JSONNumber(self)) }
}

extension Double: JSONRepresentable {
    /// A JSON number; `null` when the double is not finite, because JSON has no text for it.
    public var json: JSONValue { JSONNumber(self).map(JSONValue.number) ?? .null }
}

extension Optional: JSONRepresentable where Wrapped: JSONRepresentable {
    /// The wrapped value, or `null`.
    public var json: JSONValue { self?.json ?? .null }
}

extension Array: JSONRepresentable where Element: JSONRepresentable {
    /// A JSON array of the elements in order.
    @inlinable public var json: JSONValue {
        // Not `map(\.json)`: a key path is made anew, with its metadata, at each call.
        .array(map { $0.json })
    }
}

extension JSONValue {
    /// Makes a value from anything that has a JSON form; nil becomes `null`.
    ///
    /// - Parameter value: A string, number, Boolean, array, optional or a type of the product.
    public init(_ value: some JSONRepresentable) {
        self = value.json
    }
}
