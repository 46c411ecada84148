public import JSON

/// An amount of a resource in the notation of Kubernetes: `500m`, `2`, `1.5Gi`, `1e3`.
///
/// Exact: the value is an integer count of billionths, so nothing is lost between parsing, arithmetic and text. The
/// bounds are those of Kubernetes, ± (2⁶³ − 1) with nine decimals; beyond them is an error instead of a silent cap.
///
/// Source: Kubernetes API reference, `Quantity` (`k8s.io/apimachinery/pkg/api/resource`).
public struct Quantity: Sendable {
    /// The notation a value was written in, which its text keeps.
    public enum Format: Sendable, Hashable {
        /// Powers of ten: `n u m`, none, `k M G T P E`.
        case decimal
        /// Powers of two: none, `Ki Mi Gi Ti Pi Ei`.
        case binary
        /// An exponent of ten that is a multiple of three: `12e6`.
        case exponent
    }

    /// Billionths of the unit.
    public let nanos: Int128
    /// The notation of the text.
    public let format: Format

    static let nanosPerUnit: Int128 = 1_000_000_000
    static let nanosMax = Int128(Int64.max) * nanosPerUnit

    /// Nothing.
    public static let zero = Quantity(unchecked: 0, format: .decimal)

    /// A value in billionths.
    ///
    /// - Throws: `QuantityError.outOfRange` beyond ± (2⁶³ − 1) units.
    public init(nanos: Int128, format: Format) throws(QuantityError) {
        guard nanos.magnitude <= Self.nanosMax.magnitude else { throw .outOfRange }
        self.init(unchecked: nanos, format: format)
    }

    /// A whole number of units: cores, pods, GPUs.
    public init(_ units: Int64, format: Format = .decimal) {
        self.init(unchecked: Int128(max(units, -Int64.max)) * Self.nanosPerUnit, format: format)
    }

    /// A CPU amount; `1500` is `1500m`, one and a half cores.
    public init(_ millicores: Millicores) {
        self.init(unchecked: Int128(millicores.value) * 1_000_000, format: .decimal)
    }

    /// An amount of memory or storage, written with binary suffixes.
    public init(_ bytes: Bytes) {
        self.init(bytes.value, format: .binary)
    }

    init(unchecked nanos: Int128, format: Format) {
        self.nanos = nanos
        self.format = format
    }

    /// True for less than nothing.
    public var isNegative: Bool { nanos < 0 }

    /// True for nothing.
    public var isZero: Bool { nanos == 0 }

    /// The amount as CPU, rounded up to a whole millicore as the scheduler does.
    ///
    /// - Throws: `QuantityError.outOfRange` beyond `Int64`.
    public func millicores() throws(QuantityError) -> Millicores {
        Millicores(try whole(inNanos: 1_000_000))
    }

    /// The amount as memory or storage, rounded up to a whole byte.
    public func bytes() -> Bytes {
        // The bound of a quantity is that of Int64, so this cannot overflow.
        Bytes((try? whole(inNanos: Self.nanosPerUnit)) ?? (isNegative ? -Int64.max : Int64.max))
    }

    /// The amount as a count of things, rounded up to a whole one.
    public func count() -> Int64 { bytes().value }

    /// The value as a floating-point number, for charts only.
    public var approximateValue: Double { Double(nanos) / 1e9 }

    private func whole(inNanos unit: Int128) throws(QuantityError) -> Int64 {
        let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: unit)
        guard let value = Int64(exactly: quotient + (remainder > 0 ? 1 : 0)) else { throw .outOfRange }
        return value
    }
}

extension Quantity: Hashable, Comparable {
    /// Equal amounts are equal however they are written: `1000m` and `1`.
    public static func == (left: Self, right: Self) -> Bool { left.nanos == right.nanos }

    /// Orders by amount.
    public static func < (left: Self, right: Self) -> Bool { left.nanos < right.nanos }

    /// Equal amounts hash equally.
    public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

extension Quantity {
    /// The sum in this notation, or in the other one when this amount is zero.
    ///
    /// - Throws: `QuantityError.outOfRange`.
    public func adding(_ other: Quantity) throws(QuantityError) -> Quantity {
        // Both are below 2⁹³, so the sum cannot leave Int128.
        try Quantity(nanos: nanos + other.nanos, format: isZero ? other.format : format)
    }

    /// The difference in this notation, or in the other one when this amount is zero.
    ///
    /// - Throws: `QuantityError.outOfRange`.
    public func subtracting(_ other: Quantity) throws(QuantityError) -> Quantity {
        try Quantity(nanos: nanos - other.nanos, format: isZero ? other.format : format)
    }

    /// The amount so many times.
    ///
    /// - Throws: `QuantityError.outOfRange`.
    public func multiplied(by factor: Int64) throws(QuantityError) -> Quantity {
        let (product, overflow) = nanos.multipliedReportingOverflow(by: Int128(factor))
        guard !overflow else { throw .outOfRange }
        return try Quantity(nanos: product, format: format)
    }
}

extension Quantity: JSONRepresentable {
    /// The canonical text as a JSON string.
    public var json: JSONValue { .string(description) }

    /// Reads a JSON string, or a JSON number as Kubernetes also does.
    ///
    /// - Throws: `QuantityError`.
    public init(json: JSONValue) throws(QuantityError) {
        switch json {
        case .string(let text): try self.init(parsing: text)
        case .number(let number): try self.init(parsing: number.text)
        default: throw .malformed
        }
    }
}
