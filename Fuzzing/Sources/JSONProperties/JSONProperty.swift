import JSON

/// What holds for the JSON parser and encoder whatever a document says.
public enum JSONProperty {
    /// Parses an input and holds the result against the grammar, and against itself written and read again.
    ///
    /// - Parameter input: A document, or anything.
    /// - Returns: What is wrong; `nil` when all properties hold.
    public static func violation(in input: [UInt8]) -> String? {
        let limits = JSONLimits(documentBytesMax: 1 << 20, depthMax: 32, numberBytesMax: 64)
        do throws(JSONError) {
            let value = try JSONValue(parsing: input, limits: limits)
            guard JSONGrammar.accepts(input) else { return "accepted against the grammar" }
            guard try JSONValue(parsing: value.encoded()) == value else { return "written again it is another value" }
            guard try JSONValue(parsing: value.encodedString(pretty: true)) == value else { return "pretty it differs" }
            return disagreement(value)
        } catch {
            guard (0...input.count).contains(error.offset) else { return "offset \(error.offset) is outside" }
            switch error.reason {
            case .duplicateKey, .tooDeep, .numberTooLong, .tooLarge: return nil
            default: return JSONGrammar.accepts(input) ? "refused against the grammar: \(error)" : nil
            }
        }
    }

    /// An integer has one value, as a number and as its text.
    private static func disagreement(_ value: JSONValue) -> String? {
        switch value {
        case .number(let number):
            guard let integer = number.int, abs(integer.magnitude.distance(to: 0)) < 1 << 53 else { return nil }
            return number.double == Double(integer) ? nil : "\(number) is \(integer) and \(number.double)"
        case .array(let elements):
            return elements.lazy.compactMap(disagreement).first
        case .object(let object):
            return object.lazy.compactMap { disagreement($0.value) }.first
        default:
            return nil
        }
    }
}
