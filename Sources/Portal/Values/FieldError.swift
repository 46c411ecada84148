public import JSON

/// What is wrong with one field of a request.
public struct FieldError: Sendable, Hashable, JSONRepresentable {
    /// The path of the field: `spec.resources.limits.cpu`, `labels["team"]`, `plugins[0].name`.
    public let field: String
    /// A stable word for machines: one of `FieldErrorCode`, or one that its maker documents.
    public let code: String
    /// A sentence for a person that says what is expected.
    public let message: String

    /// An error of one field.
    public init(field: String, code: String, message: String) {
        self.field = field
        self.code = code
        self.message = message
    }

    /// The member of `errors[]` in a problem document.
    public var json: JSONValue {
        ["field": .string(field), "code": .string(code), "message": .string(message)]
    }
}

/// The codes of field errors that many parts share.
public enum FieldErrorCode {
    /// The field is missing or empty.
    public static let required = "REQUIRED"
    /// The JSON type is another than expected.
    public static let invalidType = "INVALID_TYPE"
    /// The value does not have the expected form.
    public static let invalidValue = "INVALID_VALUE"
    /// The text is not a Kubernetes quantity.
    public static let invalidQuantity = "INVALID_QUANTITY"
    /// A number or quantity is below or above its bounds.
    public static let outOfRange = "OUT_OF_RANGE"
    /// A text, list or object is larger than its limit.
    public static let tooLong = "TOO_LONG"
    /// No such field exists.
    public static let unknownField = "UNKNOWN_FIELD"
    /// The value is right by itself but not together with another field.
    public static let conflict = "CONFLICT"
    /// The object that the field names does not exist or cannot be seen.
    public static let notFound = "NOT_FOUND"
}

/// Collects the errors of all fields, so that a caller learns about every one at once.
public struct FieldErrors: Sendable {
    /// What was found so far, in the order of the checks.
    public private(set) var all: [FieldError] = []

    /// No errors yet.
    public init() {}

    /// True while every check passed.
    public var isEmpty: Bool { all.isEmpty }

    /// Notes one error.
    public mutating func add(_ field: String, _ code: String, _ message: String) {
        all.append(FieldError(field: field, code: code, message: message))
    }

    /// Notes the errors that another check found.
    public mutating func add(_ errors: [FieldError]) {
        all.append(contentsOf: errors)
    }

    /// Ends the validation.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every error, when there is one.
    public func throwIfAny() throws(PortalError) {
        if !all.isEmpty { throw .invalid(all) }
    }
}
