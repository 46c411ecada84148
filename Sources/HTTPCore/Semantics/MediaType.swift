/// A media type with its parameters (RFC 9110 section 8.3.1).
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// Type in lower case, for example `text`; `*` in a range.
    public let type: String
    /// Subtype in lower case, for example `html`; `*` in a range.
    public let subtype: String
    /// Parameters in order, names in lower case.
    public let parameters: [Parameter]

    /// One parameter of a media type.
    public struct Parameter: Sendable, Hashable {
        /// Name in lower case.
        public let name: String
        /// Value without quotes.
        public let value: String
    }

    /// A type without parameters.
    public init(_ type: String, _ subtype: String) {
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        parameters = []
    }

    /// Reads a field value such as `text/html; charset=utf-8`; `nil` when it is not one media type.
    public init?(parsing value: String) {
        var parser = FieldParser(value)
        guard let type = MediaType(&parser), parser.isAtEnd else { return nil }
        self = type
    }

    /// Reads a media type or range and its parameters where the cursor stands.
    init?(_ parser: inout FieldParser) {
        parser.skipWhiteSpace()
        guard let type = parser.token(), parser.take(ASCII.slash), let subtype = parser.token(),
            let parameters = parser.parameters()
        else { return nil }
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        self.parameters = parameters.map { Parameter(name: $0.name, value: $0.value) }
    }

    /// Type and subtype, for example `application/json`.
    public var essence: String { "\(type)/\(subtype)" }

    /// Value of a parameter; `nil` without it.
    ///
    /// - Parameter name: In lower case.
    /// - Returns: The value of the first parameter of that name.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Whether the content is JSON: `application/json` or a type with the `+json` suffix (RFC 6839 section 3.1).
    public var isJSON: Bool {
        essence == "application/json" || (type == "application" && subtype.hasSuffix("+json"))
    }

    /// Type, subtype and parameters; values that are not tokens are quoted.
    public var description: String {
        parameters.reduce(essence) { text, parameter in
            let isToken = !parameter.value.isEmpty && parameter.value.utf8.allSatisfy(ByteSet.token.contains)
            return text + "; \(parameter.name)=" + (isToken ? parameter.value : FieldValue.quoted(parameter.value))
        }
    }

    /// The type `text/html`.
    public static let html = MediaType("text", "html")
    /// The type `text/plain`.
    public static let plainText = MediaType("text", "plain")
    /// The type `text/event-stream`.
    public static let eventStream = MediaType("text", "event-stream")
    /// The type `application/json`.
    public static let json = MediaType("application", "json")
    /// The type `application/problem+json` (RFC 9457).
    public static let problemJSON = MediaType("application", "problem+json")
    /// The type `application/x-www-form-urlencoded`.
    public static let form = MediaType("application", "x-www-form-urlencoded")
    /// The type `application/octet-stream`.
    public static let bytes = MediaType("application", "octet-stream")
}

/// Building blocks of field values.
public enum FieldValue {
    /// A quoted string (RFC 9110 section 5.6.4); control characters other than the tab become spaces.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.unicodeScalars.append("\\") }
            let isControl = scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
        return result + "\""
    }
}
