/// Why a text is no quantity, or a result cannot be one.
public enum QuantityError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not a signed decimal number with one of the suffixes.
    case malformed
    /// Beyond ± (2⁶³ − 1) units, or beyond `Int64` in the wanted unit.
    case outOfRange
    /// More decimals than are read.
    case tooPrecise

    /// A sentence for a person, fit for a field error.
    public var description: String {
        switch self {
        case .malformed: "must be a quantity such as 500m, 2, 1.5Gi or 10G"
        case .outOfRange: "is too large for a quantity"
        case .tooPrecise: "has more than \(Quantity.fractionDigitsMax) decimals"
        }
    }
}
