/// The answer to a `Range` field of a `GET` (RFC 9110 section 14).
public enum ByteRange: Sendable, Hashable {
    /// Ignore the field and send everything with 200: there is none, it is malformed, in another unit, or asks for more
    /// parts than ``HTTPLimits/rangesMax``. A server may always do that (section 14.2).
    case whole
    /// Send these bytes with 206; not empty and inside the representation.
    case part(Range<Int64>)
    /// Send these parts with 206 as `multipart/byteranges`: two or more, neither overlapping nor adjacent, in the order
    /// asked for.
    case parts([Range<Int64>])
    /// Answer 416 with the length.
    case unsatisfiable

    /// Resolves a field against a representation.
    ///
    /// Several ranges that overlap, or are so close that the gap is smaller than what separates two parts, become one
    /// (section 15.3.7.2): what is sent never exceeds the representation by more than the heads of its parts.
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
        var ranges: [Range<Int64>] = []
        var count = 0
        for member in value[value.index(after: separator)...].split(separator: ",") {
            let text = ASCII.trimmed(member)
            // Empty members of a list are passed over (section 5.6.1.2).
            guard !text.isEmpty else { continue }
            count += 1
            guard count <= HTTPLimits.rangesMax, let resolved = Self.resolve(text, length) else {
                self = .whole
                return
            }
            if !resolved.isEmpty { ranges.append(resolved) }
        }
        let merged = ranges.count > 1 ? Self.coalesced(ranges) : ranges
        switch merged.count {
        case 0: self = count == 0 ? .whole : .unsatisfiable
        case 1: self = .part(merged[0])
        default: self = .parts(merged)
        }
    }

    /// Resolves one `range-spec` (section 14.1.2).
    ///
    /// - Returns: The bytes, empty when none of them exists; `nil` for what is not a range.
    private static func resolve(_ text: Substring, _ length: Int64) -> Range<Int64>? {
        guard let dash = text.utf8.firstIndex(of: 0x2D) else { return nil }
        let first = position(text[..<dash])
        let last = position(text[text.utf8.index(after: dash)...])
        switch (first, last) {
        case (.number(let first), .number(let last)) where first <= last:
            // A last position beyond the end means the end; `last` is far below the largest Int64.
            return first < length ? first..<min(last + 1, length) : 0..<0
        case (.number(let first), .absent):
            return first < length ? first..<length : 0..<0
        case (.absent, .number(let suffix)):
            return suffix > 0 && length > 0 ? max(0, length - suffix)..<length : 0..<0
        default:
            return nil
        }
    }

    /// Joins what overlaps or nearly touches; the rest stays in the order asked for.
    private static func coalesced(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
        var merged: [(range: Range<Int64>, order: Int)] = []
        for (order, range) in ranges.enumerated().sorted(by: { $0.element.lowerBound < $1.element.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.range.upperBound + HTTPLimits.rangeGapBytesMax {
                let joined = last.range.lowerBound..<max(last.range.upperBound, range.upperBound)
                merged[merged.count - 1] = (joined, min(last.order, order))
            } else {
                merged.append((range, order))
            }
        }
        return merged.sorted { $0.order < $1.order }.map(\.range)
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
