public import FoundationEssentials
public import JSON

/// A part of a tenant's limits that a sibling has until a date.
public struct QuotaLoan: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: QuotaLoanID
    /// Who lends.
    public let lenderID: TenantID
    /// Its name; nil for who may not see it.
    public let lenderName: String?
    /// Who borrows.
    public let borrowerID: TenantID
    /// Its name; nil for who may not see it.
    public let borrowerName: String?
    /// What is lent, in every dimension more than nothing.
    public let amounts: QuotaAmounts
    /// Why, in the words of who lent it.
    public let reason: String
    /// When it was lent.
    public let createdAt: Date
    /// When it ends by itself.
    public let endsAt: Date
    /// When it ended; nil while it counts, and in the moment between its end and the record of it.
    public let returnedAt: Date?
    /// Whether it counts in the limits of both.
    public let counts: Bool

    /// Makes a loan with every value.
    public init(
        id: QuotaLoanID,
        lenderID: TenantID,
        lenderName: String?,
        borrowerID: TenantID,
        borrowerName: String?,
        amounts: QuotaAmounts,
        reason: String,
        createdAt: Date,
        endsAt: Date,
        returnedAt: Date? = nil,
        counts: Bool = true
    ) {
        self.id = id
        self.lenderID = lenderID
        self.lenderName = lenderName
        self.borrowerID = borrowerID
        self.borrowerName = borrowerName
        self.amounts = amounts
        self.reason = reason
        self.createdAt = createdAt
        self.endsAt = endsAt
        self.returnedAt = returnedAt
        self.counts = counts
    }
}

extension QuotaLoan: JSONRepresentable {
    /// The schema `QuotaLoan` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": .string(id.description),
            "fromTenantId": lenderID.json,
            "fromTenantName": JSONValue(lenderName),
            "toTenantId": borrowerID.json,
            "toTenantName": JSONValue(borrowerName),
            "amounts": amounts.json,
            "reason": .string(reason),
            "state": .string(counts ? "open" : "returned"),
            "createdAt": JSONValue(time: createdAt),
            "until": JSONValue(time: endsAt),
            "returnedAt": JSONValue(time: returnedAt),
        ]
    }
}

/// What somebody wants to lend.
public struct NewQuotaLoan: Sendable {
    /// Who shall have it; a live sibling of the lender.
    public var borrowerID: TenantID
    /// How much, by dimension.
    public var amounts: QuotaAmounts
    /// Until when.
    public var endsAt: Date
    /// Why.
    public var reason: String

    /// Makes a wish.
    public init(borrowerID: TenantID, amounts: QuotaAmounts, endsAt: Date, reason: String) {
        self.borrowerID = borrowerID
        self.amounts = amounts
        self.endsAt = endsAt
        self.reason = reason
    }
}

extension QuotaAmounts {
    /// Reads `{"cpu":"4","pods":10}`.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every wrong member.
    public init(validating object: JSONObject, at path: String) throws(PortalError) {
        self.init()
        var errors = FieldErrors()
        for (name, value) in object {
            let field = "\(path).\(name)"
            guard let dimension = QuotaDimension(name: name) else {
                errors.add(field, FieldErrorCode.unknownField, "is no dimension of quotas")
                continue
            }
            guard let quantity = (value.string ?? value.number?.text).flatMap({ Quantity($0) }) else {
                errors.add(field, FieldErrorCode.invalidQuantity, "must be an amount such as 10, \"500m\" or \"160Gi\"")
                continue
            }
            guard !quantity.isNegative, !quantity.isZero, let amount = try? dimension.amount(quantity),
                amount <= PortalLimits.Quotas.amountMax
            else {
                let most = dimension.text(PortalLimits.Quotas.amountMax)
                errors.add(field, FieldErrorCode.outOfRange, "must be more than nothing, and at most \(most)")
                continue
            }
            self[dimension] = amount
        }
        try errors.throwIfAny()
    }
}
