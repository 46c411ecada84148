import JSON
import Logging

/// The bytes of one line, which grow up to a bound: what does not fit is left out whole, and the line says so.
struct LogLine {
    /// What has been written.
    var bytes: [UInt8] = []
    /// Whether a value was shortened.
    private(set) var isCut = false
    private let limits: LogLimits

    /// Ends an incomplete JSON line.
    static let jsonTruncation = ",\"truncated\":true"
    /// Ends an incomplete line of text.
    static let textTruncation = " …"

    init(limits: LogLimits) {
        self.limits = limits
        bytes.reserveCapacity(512)
    }

    /// Bytes that the end of a line may need: the mark of an incomplete one, a bracket and the line end.
    private static let reserve = jsonTruncation.utf8.count + 2

    /// Appends what a line cannot do without.
    mutating func append(_ text: String) {
        bytes += text.utf8
    }

    /// Appends a part, if it fits.
    ///
    /// - Returns: Whether it fitted.
    mutating func append(part: [UInt8]) -> Bool {
        guard bytes.count + part.count + Self.reserve <= limits.lineBytesMax else { return false }
        bytes += part
        return true
    }

    /// Appends a member of the JSON object, with the comma before it, if it fits.
    ///
    /// - Returns: Whether it fitted.
    mutating func append(member name: String, _ value: JSONValue) -> Bool {
        let start = bytes.count
        bytes.append(UInt8(ascii: ","))
        JSONValue.string(name).encode(into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        value.encode(into: &bytes)
        guard bytes.count + Self.reserve <= limits.lineBytesMax else {
            bytes.removeSubrange(start...)
            return false
        }
        return true
    }

    /// A text of at most ``LogLimits/valueBytesMax``, cut between two characters.
    mutating func bounded(_ text: String) -> String {
        guard text.utf8.count > limits.valueBytesMax else { return text }
        isCut = true
        var end = text.utf8.index(text.startIndex, offsetBy: limits.valueBytesMax)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    /// Metadata as JSON: numbers and truth values stay what they are, everything else is text.
    mutating func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(bounded(text))
        case .stringConvertible(let value as Int): return .number(JSONNumber(value))
        case .stringConvertible(let value as Int64): return .number(JSONNumber(value))
        case .stringConvertible(let value as Bool): return .bool(value)
        case .stringConvertible(let value as Double): return JSONNumber(value).map { .number($0) } ?? .null
        case .stringConvertible(let value): return .string(bounded(value.description))
        case .array(let values): return .array(values.map { json($0) })
        case .dictionary(let members):
            var object = JSONObject()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { object[name] = json(value) }
            return .object(object)
        }
    }

    /// A text as it is, unless it has control characters: then with JSON's escapes, so that nobody can forge a line.
    static func plain(_ text: String) -> [UInt8] {
        guard text.utf8.contains(where: isControl) else { return Array(text.utf8) }
        return JSONValue.string(text).encoded()
    }

    /// A value of `key=value`: in quotes when it is empty or could not be told from what follows.
    static func word(_ text: String) -> [UInt8] {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { !isControl($0) && !" \"=".utf8.contains($0) }
        return isPlain ? Array(text.utf8) : JSONValue.string(text).encoded()
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
}
