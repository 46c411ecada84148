extension Quantity: LosslessStringConvertible {
    /// The longest text that is read, in bytes.
    public static let textLengthMax = 64
    /// The most decimals that are read.
    public static let fractionDigitsMax = 18

    /// Reads a quantity; nil when the text is none.
    public init?(_ description: String) {
        guard let value = try? Quantity(parsing: description) else { return nil }
        self = value
    }

    /// Reads a quantity: `<sign>digits[.digits]<suffix>`.
    ///
    /// Decimals below a billionth are rounded away from zero, as Kubernetes does: a little is never nothing.
    ///
    /// - Throws: `QuantityError`.
    public init(parsing text: String) throws(QuantityError) {
        guard text.utf8.count <= Self.textLengthMax else { throw .malformed }
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let whole = rest.takeDigits()
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.takeDigits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw .malformed }
        guard let suffix = Suffix(String(decoding: rest, as: UTF8.self)) else { throw .malformed }
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        guard fraction.count <= Self.fractionDigitsMax else { throw .tooPrecise }
        let nanos = try Self.nanos(whole: whole, fraction: fraction, suffix: suffix)
        try self.init(nanos: isNegative ? -nanos : nanos, format: suffix.format)
    }

    /// The canonical text: no fraction, and the largest suffix that allows that.
    ///
    /// A binary quantity below 1Ki or with a fraction of a byte is written in decimal notation, because no binary
    /// suffix could say it exactly.
    public var description: String {
        if nanos == 0 { return "0" }
        let (units, fraction) = nanos.quotientAndRemainder(dividingBy: Self.nanosPerUnit)
        if format == .binary, fraction == 0, units.magnitude >= 1024 {
            let (mantissa, power) = Self.reduce(units, by: 1024, atMost: Suffix.binary.count - 1)
            return "\(mantissa)\(Suffix.binary[power])"
        }
        let (mantissa, power) = Self.reduce(nanos, by: 1000, atMost: Suffix.decimal.count - 1)
        guard format == .exponent else { return "\(mantissa)\(Suffix.decimal[power])" }
        return power == 3 ? "\(mantissa)" : "\(mantissa)e\(power * 3 - 9)"
    }

    /// What follows the number.
    private enum Suffix {
        case powerOfTen(Int, Format)
        case powerOfTwo(Int)

        static let decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
        static let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

        init?(_ text: String) {
            if let power = Self.decimal.firstIndex(of: text) {
                self = .powerOfTen(power * 3 - 9, .decimal)
            } else if let power = Self.binary.firstIndex(of: text) {
                self = .powerOfTwo(power * 10)
            } else if let first = text.utf8.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
                let digits = text.dropFirst()
                // Int accepts a sign and digits only; four characters hold every exponent that can be in range.
                guard digits.utf8.count <= 4, let exponent = Int(digits) else { return nil }
                self = .powerOfTen(exponent, .exponent)
            } else {
                return nil
            }
        }

        var format: Format {
            switch self {
            case .powerOfTen(_, let format): format
            case .powerOfTwo: .binary
            }
        }
    }

    private static func nanos(
        whole: ArraySlice<UInt8>,
        fraction: ArraySlice<UInt8>,
        suffix: Suffix
    ) throws(QuantityError) -> Int128 {
        let digits = Array(whole) + Array(fraction)
        switch suffix {
        case .powerOfTen(let power, _):
            return try scaled(try integer(digits[...]), powerOfTen: power + 9 - fraction.count)
        case .powerOfTwo(let power):
            // Whole part and fraction apart: together their product with 2⁶⁰ could leave Int128.
            let factor = Int128(1) << Int128(power)
            let (units, overflow) = try integer(whole).multipliedReportingOverflow(by: factor * nanosPerUnit)
            guard !overflow, units <= nanosMax else { throw .outOfRange }
            return units + (try scaled(try integer(fraction) * factor, powerOfTen: 9 - fraction.count))
        }
    }

    /// `value × 10^power`, rounded up.
    private static func scaled(_ value: Int128, powerOfTen power: Int) throws(QuantityError) -> Int128 {
        var value = value
        if value == 0 { return 0 }
        for _ in 0..<max(0, power) {
            value *= 10
            guard value <= nanosMax else { throw .outOfRange }
        }
        var roundsUp = false
        for _ in 0..<max(0, -power) where value > 0 {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            value = quotient
            roundsUp = roundsUp || remainder != 0
        }
        return roundsUp ? value + 1 : value
    }

    private static func integer(_ digits: ArraySlice<UInt8>) throws(QuantityError) -> Int128 {
        var value: Int128 = 0
        for digit in digits {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, shifted < Int128.max - 9 else { throw .outOfRange }
            value = shifted + Int128(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func reduce(_ value: Int128, by base: Int128, atMost powerMax: Int) -> (mantissa: Int128, power: Int)
    {
        var mantissa = value
        var power = 0
        while power < powerMax, mantissa % base == 0 {
            mantissa /= base
            power += 1
        }
        return (mantissa, power)
    }
}

extension ArraySlice<UInt8> {
    /// Removes and returns the digits at the front; empty when there are none.
    fileprivate mutating func takeDigits() -> ArraySlice<UInt8> {
        let digits = prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        removeFirst(digits.count)
        return digits
    }
}
