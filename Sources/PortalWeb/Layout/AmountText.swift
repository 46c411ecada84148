import Portal

extension QuotaDimension {
    /// An amount to be read rather than copied: cores, and bytes in their largest unit, with two decimals at most.
    ///
    /// What is rounded is rounded down, so that nothing is promised that is not there.
    func readable(_ amount: Int64) -> String {
        switch unit {
        case .count: return NumberText.grouped(Int(amount))
        case .millicores: return Self.decimal(amount, per: 1000)
        case .bytes:
            let units: [(name: String, size: Int64)] = [
                ("Pi", 1 << 50), ("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10),
            ]
            guard let unit = units.first(where: { amount >= $0.size }) else { return "\(amount)" }
            return Self.decimal(amount, per: unit.size) + unit.name
        }
    }

    /// A quotient with at most two decimals, rounded down.
    private static func decimal(_ amount: Int64, per size: Int64) -> String {
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: size)
        // The rest is below 2⁵⁰, so a hundred times it fits.
        let hundredths = rest * 100 / size
        guard hundredths > 0 else { return NumberText.grouped(Int(whole)) }
        let digits = NumberText.twoDigits(Int(hundredths))
        return "\(NumberText.grouped(Int(whole))).\(digits.hasSuffix("0") ? String(digits.dropLast()) : digits)"
    }
}
