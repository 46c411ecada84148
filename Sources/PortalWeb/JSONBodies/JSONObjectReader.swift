import FoundationEssentials
import JSON
import Portal

/// Reads the members of a request body and collects what is wrong with every one of them.
///
/// A required member that is missing or mistyped yields a placeholder and an error; `finish()` throws all errors
/// at once, so that the placeholder is never used and a person repairs a request in one go.
struct JSONObjectReader {
    private let members: JSONObject
    private var known: Set<String> = []
    private var errors = FieldErrors()

    init(_ members: JSONObject) {
        self.members = members
    }

    /// A required string, not empty, at most `charactersMax` characters.
    mutating func string(_ key: String, charactersMax: Int = 1_000) -> String {
        guard let text = optionalString(key, charactersMax: charactersMax) else {
            failMissing(key)
            return ""
        }
        if text.isEmpty { fail(key, FieldErrorCode.required, "must not be empty") }
        return text
    }

    /// A string; nil when absent or null.
    mutating func optionalString(_ key: String, charactersMax: Int = 1_000) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string else { return mistyped(key, "a string") }
        if text.count > charactersMax {
            fail(key, FieldErrorCode.tooLong, "must have at most \(charactersMax) characters, it has \(text.count)")
        }
        return text
    }

    /// A required id.
    mutating func id<Entity>(_ key: String, _ type: TypedID<Entity>.Type) -> TypedID<Entity> {
        if let id = optionalID(key, type) { return id }
        failMissing(key)
        return TypedID<Entity>()
    }

    /// An id; nil when absent or null.
    mutating func optionalID<Entity>(_ key: String, _ type: TypedID<Entity>.Type) -> TypedID<Entity>? {
        guard let value = present(key) else { return nil }
        guard let text = value.string else { return mistyped(key, "an id (a string with a UUID)") }
        guard let id = TypedID<Entity>(text) else {
            fail(key, FieldErrorCode.invalidValue, "must be an id (a UUID)")
            return nil
        }
        return id
    }

    /// A whole number in a range; nil when absent or null.
    mutating func optionalInteger(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = present(key) else { return nil }
        guard let number = value.int else { return mistyped(key, "a whole number") }
        if !range.contains(number) {
            fail(key, FieldErrorCode.outOfRange, "must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A boolean; nil when absent or null.
    mutating func optionalBool(_ key: String) -> Bool? {
        guard let value = present(key) else { return nil }
        guard let flag = value.bool else { return mistyped(key, "true or false") }
        return flag
    }

    /// An RFC 3339 time; nil when absent or null.
    mutating func optionalTime(_ key: String) -> Date? {
        guard let value = present(key) else { return nil }
        guard let text = value.string else { return mistyped(key, "a time like 2026-01-31T12:00:00Z") }
        guard let date = RFC3339.parse(text) else {
            fail(key, FieldErrorCode.invalidValue, "must be a time like 2026-01-31T12:00:00Z")
            return nil
        }
        return date
    }

    /// A required case of an enumeration.
    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String,
        placeholder: Value
    ) -> Value where Value.RawValue == String {
        if let value = optionalChoice(key, Value.self) { return value }
        failMissing(key)
        return placeholder
    }

    /// One of the cases of an enumeration; nil when absent or null.
    mutating func optionalChoice<Value: RawRepresentable & CaseIterable>(
        _ key: String,
        _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let value = present(key) else { return nil }
        guard let text = value.string else { return mistyped(key, "a string") }
        if let found = Value(rawValue: text) { return found }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        fail(key, FieldErrorCode.invalidValue, "must be one of: \(names)")
        return nil
    }

    /// A required object.
    mutating func object(_ key: String) -> JSONObject {
        if let object = optionalObject(key) { return object }
        failMissing(key)
        return [:]
    }

    /// An object; nil when absent or null.
    mutating func optionalObject(_ key: String) -> JSONObject? {
        guard let value = present(key) else { return nil }
        guard let object = value.object else { return mistyped(key, "an object") }
        return object
    }

    /// An object of strings; nil when absent or null.
    mutating func optionalStrings(_ key: String) -> [String: String]? {
        guard let object = optionalObject(key) else { return nil }
        var strings: [String: String] = [:]
        for (name, value) in object {
            if let text = value.string {
                strings[name] = text
            } else {
                fail("\(key).\(name)", FieldErrorCode.invalidType, "must be a string")
            }
        }
        return strings
    }

    /// A list of cases of an enumeration; nil when absent or null.
    mutating func optionalChoices<Value: RawRepresentable & CaseIterable & Hashable>(
        _ key: String,
        _ type: Value.Type
    ) -> Set<Value>? where Value.RawValue == String {
        guard let value = present(key) else { return nil }
        guard let elements = value.array else { return mistyped(key, "a list of strings") }
        var found: Set<Value> = []
        for (index, element) in elements.enumerated() {
            if let choice = element.string.flatMap(Value.init(rawValue:)) {
                found.insert(choice)
            } else {
                let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
                fail("\(key)[\(index)]", FieldErrorCode.invalidValue, "must be one of: \(names)")
            }
        }
        return found
    }

    /// A required role: the name of a built-in one, or the id of a custom one.
    mutating func role(_ key: String) -> RoleReference {
        guard let text = optionalString(key) else {
            failMissing(key)
            return .builtIn(.viewer)
        }
        if let role = RoleReference(text) { return role }
        let names = Role.allCases.map(\.rawValue).joined(separator: ", ")
        fail(key, FieldErrorCode.invalidValue, "must be one of: \(names), or the id of a custom role")
        return .builtIn(.viewer)
    }

    /// Any value as it is, null included; nil when absent.
    mutating func optionalValue(_ key: String) -> JSONValue? {
        known.insert(key)
        return members[key]
    }

    /// Whether the member is there, null or not.
    func contains(_ key: String) -> Bool { members[key] != nil }

    /// Records an error of the caller's own rule.
    mutating func fail(_ key: String, _ code: String, _ message: String) {
        errors.add(key, code, message)
    }

    /// Takes over errors that a parser of the domain found in one of the members.
    mutating func fail(_ found: [FieldError]) {
        errors.add(found)
    }

    /// Throws every error, unknown members included.
    ///
    /// - Throws: `INVALID_ARGUMENT` with one entry a wrong member.
    mutating func finish() throws {
        for key in members.keys where !known.contains(key) {
            let names = known.sorted().joined(separator: ", ")
            fail(key, FieldErrorCode.unknownField, known.isEmpty ? "is not known" : "is not known; there are: \(names)")
        }
        try errors.throwIfAny()
    }

    private mutating func present(_ key: String) -> JSONValue? {
        known.insert(key)
        guard let value = members[key], !value.isNull else { return nil }
        return value
    }

    /// Records that the member is missing, unless it was there and wrong, which is recorded already.
    private mutating func failMissing(_ key: String) {
        if members[key]?.isNull ?? true { fail(key, FieldErrorCode.required, "is required") }
    }

    private mutating func mistyped<Value>(_ key: String, _ expected: String) -> Value? {
        fail(key, FieldErrorCode.invalidType, "must be \(expected)")
        return nil
    }
}
