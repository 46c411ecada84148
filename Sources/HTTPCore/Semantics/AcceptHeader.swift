/// What a client accepts: the media ranges and weights of `Accept` (RFC 9110 section 12.5.1).
public struct AcceptHeader: Sendable, Hashable {
    /// The ranges in the order received; empty means that anything is accepted.
    public let ranges: [Range]

    /// One media range.
    public struct Range: Sendable, Hashable {
        /// Type and subtype, either may be `*`, with the parameters that a representation must have.
        public let mediaType: MediaType
        /// Weight in thousandths, 0…1000; 0 refuses.
        public let weight: Int
    }

    /// Reads the joined value of `Accept`; `nil` and members that are malformed are passed over.
    public init(_ value: String?) {
        var ranges: [Range] = []
        var parser = FieldParser(value ?? "")
        parser.forEachMember { parser in
            guard let type = MediaType(&parser), type.type != "*" || type.subtype == "*" else { return }
            guard let weight = FieldParser.weight(type.parameter("q") ?? "1") else { return }
            ranges.append(Range(mediaType: type.withoutWeight, weight: weight))
        }
        self.ranges = ranges
    }

    /// How much a representation is liked: the weight of the most specific range that covers it.
    ///
    /// - Parameter type: A concrete media type.
    /// - Returns: 0…1000; 0 means not acceptable. 1000 for everything when the client said nothing.
    public func weight(of type: MediaType) -> Int {
        guard !ranges.isEmpty else { return 1000 }
        var best = (specificity: -1, weight: 0)
        for range in ranges {
            guard let specificity = range.specificity(for: type), specificity > best.specificity else { continue }
            best = (specificity, range.weight)
        }
        return best.weight
    }

    /// Chooses a representation.
    ///
    /// - Parameter offers: What the server has, the one it likes best first.
    /// - Returns: The offer with the highest weight, of equals the first; `nil` when none is acceptable (406).
    public func best(of offers: [MediaType]) -> MediaType? {
        var best: (offer: MediaType, weight: Int)?
        for offer in offers {
            let weight = weight(of: offer)
            if weight > best?.weight ?? 0 { best = (offer, weight) }
        }
        return best?.offer
    }
}

extension AcceptHeader.Range {
    /// 0 for `*/*`, 1 for `type/*`, 2 for `type/subtype`, one more a parameter; `nil` when the range does not match.
    fileprivate func specificity(for type: MediaType) -> Int? {
        if mediaType.type == "*" { return 0 }
        guard mediaType.type == type.type else { return nil }
        if mediaType.subtype == "*" { return 1 }
        guard mediaType.subtype == type.subtype else { return nil }
        for parameter in mediaType.parameters {
            guard let value = type.parameter(parameter.name), ASCII.equalsIgnoringCase(value, parameter.value) else {
                return nil
            }
        }
        return 2 + mediaType.parameters.count
    }
}

extension MediaType {
    fileprivate var withoutWeight: MediaType {
        MediaType(type: type, subtype: subtype, parameters: parameters.filter { $0.name != "q" })
    }

    private init(type: String, subtype: String, parameters: [Parameter]) {
        self.type = type
        self.subtype = subtype
        self.parameters = parameters
    }
}
