/// What languages a client prefers: `Accept-Language` (RFC 9110 section 12.5.4).
public struct LanguageRange: Sendable, Hashable {
    /// A language tag in lower case, or `*`.
    public let tag: String
    /// Weight in thousandths, 0…1000; 0 refuses.
    public let weight: Int

    /// Reads `Accept-Language`.
    ///
    /// - Parameter value: The joined field; `nil` gives no ranges.
    /// - Returns: The ranges, the best first; of equal weight in the order received.
    public static func parse(_ value: String?) -> [LanguageRange] {
        var ranges: [LanguageRange] = []
        var parser = FieldParser(value ?? "")
        parser.forEachMember { parser in
            guard let tag = parser.take(ByteSet("-*", .alphanumeric)), let parameters = parser.parameters() else {
                return
            }
            let weight = parameters.first { $0.name == "q" }?.value ?? "1"
            guard let weight = FieldParser.weight(weight) else { return }
            ranges.append(LanguageRange(tag: tag.lowercased(), weight: weight))
        }
        // A sort that keeps the order of equals.
        return ranges.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map(
            \.element
        )
    }

    /// Chooses a language by lookup (RFC 4647 section 3.4).
    ///
    /// Each range in turn is shortened from the end until it equals an offer; failing that, an offer that begins with
    /// the range is taken, so that `zh` finds `zh-Hans`. Chinese of a territory finds the script written there
    /// (`zh-CN` and `zh-SG` read simplified characters).
    ///
    /// - Parameters:
    ///   - offers: Tags that the server has, the default first.
    ///   - value: The joined field.
    /// - Returns: An offer in its own spelling; `nil` when no range matches.
    public static func best(of offers: [String], for value: String?) -> String? {
        let ranges = parse(value)
        let refused = Set(ranges.filter { $0.weight == 0 }.map(\.tag))
        let accepted = offers.filter { !refused.contains($0.lowercased()) }
        for range in ranges where range.weight > 0 {
            if range.tag == "*" { return accepted.first }
            if let match = lookUp(impliedScript[range.tag] ?? range.tag, accepted) { return match }
        }
        return nil
    }

    private static let impliedScript = ["zh-cn": "zh-hans-cn", "zh-sg": "zh-hans-sg", "zh-my": "zh-hans-my"]

    private static func lookUp(_ tag: String, _ offers: [String]) -> String? {
        var parts = tag.split(separator: "-")
        while !parts.isEmpty {
            let prefix = parts.joined(separator: "-")
            if let exact = offers.first(where: { $0.lowercased() == prefix }) { return exact }
            parts.removeLast()
            // A single-letter subtag only introduces what follows it.
            if parts.last?.count == 1 { parts.removeLast() }
        }
        return offers.first { $0.lowercased().hasPrefix(tag + "-") }
    }
}
