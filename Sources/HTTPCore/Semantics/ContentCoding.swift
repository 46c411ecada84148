/// A content coding (RFC 9110 section 8.4.1) that a representation of this server can have.
public enum ContentCoding: String, Sendable, Hashable, CaseIterable {
    /// None.
    case identity
    /// `gzip` (RFC 1952); `x-gzip` is the same.
    case gzip
    /// `br` (RFC 7932).
    case brotli = "br"
}

/// What codings a client accepts, with weights: `Accept-Encoding` (RFC 9110 section 12.5.3).
public struct AcceptEncoding: Sendable, Hashable {
    private var gzip: Int?
    private var brotli: Int?
    private var identity: Int?
    private var others: Int?

    /// Reads the joined field; members that are malformed are passed over, of a repeated coding the first counts.
    ///
    /// - Parameter value: `nil` without the field: every coding would be acceptable then, but clients that know one say
    ///   so, and ``best(of:)`` chooses none.
    public init(_ value: String?) {
        guard let value else { return }
        var parser = FieldParser(value)
        parser.forEachMember { parser in
            guard let name = parser.token()?.lowercased(), let parameters = parser.parameters() else { return }
            guard let weight = FieldParser.weight(parameters.first { $0.name == "q" }?.value ?? "1") else { return }
            switch name {
            case "gzip", "x-gzip": gzip = gzip ?? weight
            case "br": brotli = brotli ?? weight
            case "identity": identity = identity ?? weight
            case "*": others = others ?? weight
            default: break
            }
        }
    }

    /// How much a coding is liked.
    ///
    /// - Parameter coding: The coding.
    /// - Returns: 0…1000; 0 refuses. `identity` that the client did not mention is acceptable, but liked less than any
    ///   coding it named.
    public func weight(of coding: ContentCoding) -> Int {
        switch coding {
        case .gzip: gzip ?? others ?? 0
        case .brotli: brotli ?? others ?? 0
        case .identity: identity ?? others ?? 1
        }
    }

    /// Chooses a coding.
    ///
    /// - Parameter offers: What the server has, the one it likes best first.
    /// - Returns: The offer with the highest weight, of equals the first. `identity` when all are refused: RFC 9110
    ///   section 12.4.1 lets a server disregard the field, and content that may be unwelcome is more use than a 406.
    public func best(of offers: [ContentCoding]) -> ContentCoding {
        var best = (coding: ContentCoding.identity, weight: 0)
        for offer in offers {
            let weight = weight(of: offer)
            if weight > best.weight { best = (offer, weight) }
        }
        return best.coding
    }
}
