/// A JSON number that keeps the text it was written with.
///
/// Money, quantities and 64-bit identifiers must survive a round trip, and `Double` loses them beyond 2^53.
/// Equality is equality of text: `1.0` and `1` are different numbers here, as they are in the document.
public struct JSONNumber: Sendable, Hashable {
    /// The number exactly as RFC 8259 section 6 writes it, such as `-12.50` or `1e3`.
    public let text: String

    /// Makes a number from an integer.
    ///
    /// - Parameter value: Any integer of at most 64 bits.
    public init(_ value: Int64) {
        self.text = String(value)
    }

    /// Makes a number from an integer.
    ///
    /// - Parameter value: Any integer.
    public init(_ value: Int) {
        self.text = String(value)
    }

    /// Makes a number from a double by its shortest exact text; nil for infinities and NaN.
    ///
    /// - Parameter value: A double; JSON has no text for one that is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.text = value.description
    }

    /// Makes a number from its JSON text; nil when the text is not exactly one JSON number.
    ///
    /// - Parameter text: For example `12.340000`, whose zeros are kept.
    public init?(text: String) {
        guard let value = try? JSONValue(parsing: text), case .number(let number) = value, number.text == text else {
            return nil
        }
        self = number
    }

    /// The parser's way in: the text has been checked already.
    init(checkedText: String) {
        self.text = checkedText
    }

    /// The value when it is integral and fits 64 bits; `2`, `2.0` and `0.2e1` all give 2.
    public var int: Int64? {
        if let value = Int64(text) { return value }
        return integralValue
    }

    /// The nearest double; an infinity beyond its range.
    public var double: Double {
        Double(text) ?? .nan
    }

    /// Evaluates `digits × 10^exponent` without going through a double.
    private var integralValue: Int64? {
        var digits: [UInt8] = []
        var exponent = 0
        var isNegative = false
        var inFraction = false
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let written = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self)) else { return nil }
                // 10 000 is beyond any text the parser admits, so adding the digit count cannot overflow.
                exponent += min(max(written, -10_000), 10_000)
                index = bytes.count
            default:
                digits.append(byte &- UInt8(ascii: "0"))
                if inFraction { exponent -= 1 }
            }
            index += 1
        }
        while exponent < 0, digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        guard let leading = digits.firstIndex(where: { $0 != 0 }) else { return 0 }
        guard exponent >= 0, digits.count - leading + exponent <= 19 else { return nil }
        digits += Array(repeating: 0, count: exponent)
        let integer = String(decoding: digits[leading...].map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        return Int64(isNegative ? "-" + integer : integer)
    }
}

extension JSONNumber: CustomStringConvertible {
    /// The text of the number.
    public var description: String { text }
}
