public import JSON

/// A wish for other limits of a tenant: only what is mentioned changes.
public struct QuotaLimitsPatch: Sendable, Hashable {
    /// New limits; nil inside lifts one.
    public var limits: [QuotaDimension: Int64?] = [:]
    /// New overcommit in thousandths; nil inside means none.
    public var overcommit: [QuotaDimension: Int?] = [:]
    /// New caps for one user; nil inside lifts one.
    public var userCaps: [QuotaDimension: Int64?] = [:]
    /// Whether the children's limits may not add up to more; nil leaves it.
    public var isStrict: Bool?

    /// Changes nothing.
    public init() {}

    /// Limits with the wish applied.
    ///
    /// An overcommit of a dimension without a limit is forgotten: there is nothing that it would stretch.
    public func applied(to old: QuotaLimits) -> QuotaLimits {
        var new = old
        for (dimension, amount) in limits { new[dimension].amount = amount }
        for (dimension, cap) in userCaps { new[dimension].userCap = cap }
        for (dimension, factor) in overcommit where !new[dimension].isEmpty {
            new[dimension].overcommitPerMille = factor ?? 1000
        }
        new.isStrict = isStrict ?? old.isStrict
        return new
    }
}

extension QuotaLimitsPatch {
    /// Reads `{"limits":{…},"overcommit":{…},"userCaps":{…},"strict":…}`; other members are left to the caller.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every wrong field.
    public init(validating object: JSONObject) throws(PortalError) {
        var errors = FieldErrors()
        for (dimension, value) in Self.members(object["limits"], "limits", &errors) {
            limits[dimension] = .some(Self.amount(value, dimension, "limits", &errors))
        }
        for (dimension, value) in Self.members(object["userCaps"], "userCaps", &errors) {
            userCaps[dimension] = .some(Self.amount(value, dimension, "userCaps", &errors))
        }
        for (dimension, value) in Self.members(object["overcommit"], "overcommit", &errors) {
            overcommit[dimension] = .some(Self.factor(value, dimension, &errors))
        }
        if let strict = object["strict"], !strict.isNull {
            isStrict = strict.bool
            if strict.bool == nil { errors.add("strict", FieldErrorCode.invalidType, "must be true or false") }
        }
        try errors.throwIfAny()
    }

    private static func members(
        _ value: JSONValue?,
        _ field: String,
        _ errors: inout FieldErrors
    ) -> [(dimension: QuotaDimension, value: JSONValue)] {
        guard let value, !value.isNull else { return [] }
        guard let object = value.object else {
            errors.add(field, FieldErrorCode.invalidType, "must be an object")
            return []
        }
        guard object.count <= QuotaDimension.builtIn.count + PortalLimits.Quotas.extendedMax else {
            errors.add(field, FieldErrorCode.tooLong, "names too many dimensions")
            return []
        }
        var members: [(QuotaDimension, JSONValue)] = []
        for (name, value) in object {
            guard let dimension = QuotaDimension(name: name) else {
                let known = QuotaDimension.builtIn.map(\.name).joined(separator: ", ")
                errors.add(
                    "\(field).\(name)",
                    FieldErrorCode.unknownField,
                    "is no dimension; there are \(known), and extended resources such as nvidia.com/mig-1g.5gb"
                )
                continue
            }
            members.append((dimension, value))
        }
        return members
    }

    /// An amount of a dimension; nil for null, and for what is wrong.
    private static func amount(
        _ value: JSONValue,
        _ dimension: QuotaDimension,
        _ field: String,
        _ errors: inout FieldErrors
    ) -> Int64? {
        guard !value.isNull else { return nil }
        let path = "\(field).\(dimension.name)"
        guard let quantity = (value.string ?? value.number?.text).flatMap(Quantity.init) else {
            errors.add(
                path,
                FieldErrorCode.invalidQuantity,
                "must be an amount such as 10, \"40\", \"500m\" or \"160Gi\""
            )
            return nil
        }
        guard !quantity.isNegative, let amount = try? dimension.amount(quantity),
            amount <= PortalLimits.Quotas.limitMax
        else {
            let most = dimension.text(PortalLimits.Quotas.limitMax)
            errors.add(path, FieldErrorCode.outOfRange, "must be between 0 and \(most)")
            return nil
        }
        return amount
    }

    /// A factor in thousandths; nil for null, and for what is wrong.
    private static func factor(
        _ value: JSONValue,
        _ dimension: QuotaDimension,
        _ errors: inout FieldErrors
    ) -> Int? {
        guard !value.isNull else { return nil }
        let path = "overcommit.\(dimension.name)"
        guard let quantity = value.number.flatMap({ Quantity($0.text) }) else {
            errors.add(path, FieldErrorCode.invalidType, "must be a number such as 1.5")
            return nil
        }
        let (perMille, rest) = quantity.nanos.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest == 0, let factor = Int(exactly: perMille), QuotaLimit.overcommitRange.contains(factor) else {
            errors.add(path, FieldErrorCode.outOfRange, "must be between 1 and 100, with at most three decimals")
            return nil
        }
        return factor
    }
}
