/// The answer to a `Range` field of a `GET` (RFC 9110 section 14).
public enum ByteRange: Sendable, Hashable {
    /// Ignore the field and send everything with 200: there is none, it is malformed, in another unit, or lists
    /// several ranges. A server may always do that (section 14.2); multipart answers are more trouble than use.
    case whole
    /// Send these bytes with 206; not empty and inside the representation.
    case part(Range<Int64>)
    /// Answer 416 with the length.
    case unsatisfiable

    /// Resolves a field against a representation.
    ///
    /// - Parameters:
    ///   - value: `Range`; `nil` without one.
    ///   - length: Length of the representation, ≥ 0.
    public init(_ value: String?, length: Int64) {
        guard let value, let separator = value.firstIndex(of: "="),
            ASCII.equalsIgnoringCase(String(value[..<separator]), "bytes")
        else {
            self = .whole
            return
        }
        let text = ASCII.trimmed(value[value.index(after: separator)...])
        guard !text.contains(","), let dash = text.utf8.firstIndex(of: 0x2D) else {
            self = .whole
            return
        }
        let first = Self.position(text[..<dash])
        let last = Self.position(text[text.utf8.index(after: dash)...])
        switch (first, last) {
        case (.number(let first), .number(let last)) where first <= last:
            // A last position beyond the end means the end (section 14.1.2); `last` is far below the largest Int64.
            self = first < length ? .part(first..<min(last + 1, length)) : .unsatisfiable
        case (.number(let first), .absent):
            self = first < length ? .part(first..<length) : .unsatisfiable
        case (.absent, .number(let suffix)):
            self = suffix > 0 && length > 0 ? .part(max(0, length - suffix)..<length) : .unsatisfiable
        default:
            self = .whole
        }
    }

    /// `Content-Range` of a 206 (RFC 9110 section 14.4).
    public static func contentRange(_ range: Range<Int64>, length: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
    }

    private enum Position {
        case absent, malformed
        case number(Int64)
    }

    private static func position(_ text: Substring) -> Position {
        guard !text.isEmpty else { return .absent }
        guard text.utf8.allSatisfy({ $0 >= ASCII.zero && $0 <= ASCII.nine }) else { return .malformed }
        // More than 18 digits is beyond every file; the clamp keeps `last + 1` inside the type.
        return .number(Int64(text).map { min($0, 1 << 60) } ?? 1 << 60)
    }
}
