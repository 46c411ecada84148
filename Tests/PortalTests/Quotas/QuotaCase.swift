import Portal
import Testing

/// One situation and what has to come of it, for the database and for its twin in Swift.
struct QuotaCase: Sendable, CustomTestStringConvertible {
    /// A tenant; the first of a case is the root.
    struct Place: Sendable {
        var name: String
        var parent: String?
        var limits: QuotaLimits
    }

    /// What is reserved before the action, in order; nobody asks whether it fits.
    struct Given: Sendable {
        var tenant: String
        var amounts: QuotaAmounts
        var qosClass: VClusterQoSClass
        var owner: String?
        var isHeld: Bool
    }

    /// A part of a tenant's limits that a sibling has.
    struct Loan: Sendable {
        var lender: String
        var borrower: String
        var amounts: QuotaAmounts
        /// It has ended, and nobody has taken it back yet.
        var hasEnded = false
    }

    /// What is tried.
    enum Action: Sendable {
        /// A new reservation.
        case reserve(Given)
        /// The reservation with this index gets other amounts.
        case resize(Int, QuotaAmounts)
        /// The reservation with this index counts under another class.
        case reclassify(Int, VClusterQoSClass)
        /// A tenant moves below another.
        case move(String, to: String)
    }

    /// What has to come of it.
    enum Outcome: Sendable, Equatable {
        case admitted
        /// Refused at a tenant for a reason, with what is left there.
        case refused(QuotaRefusal.Reason, at: String, QuotaDimension, left: Int64)
    }

    var name: String
    var places: [Place]
    var given: [Given] = []
    var loans: [Loan] = []
    var action: Action
    var outcome: Outcome

    var testDescription: String { name }
}

extension QuotaCase.Place {
    /// The root without limits unless told.
    static func root(_ limits: [QuotaDimension: Int64] = [:], strict: Bool = false) -> Self {
        Self(
            name: "root",
            parent: nil,
            limits: QuotaLimits(limits.mapValues { QuotaLimit(amount: $0) }, isStrict: strict)
        )
    }

    /// A tenant below another.
    static func place(
        _ name: String,
        in parent: String = "root",
        _ limits: [QuotaDimension: Int64] = [:],
        strict: Bool = false
    ) -> Self {
        Self(
            name: name,
            parent: parent,
            limits: QuotaLimits(limits.mapValues { QuotaLimit(amount: $0) }, isStrict: strict)
        )
    }

    /// The tenant with an overcommit of its limits, in thousandths.
    func overcommitted(_ perMille: Int) -> Self {
        var place = self
        for dimension in limits.dimensions { place.limits[dimension].overcommitPerMille = perMille }
        return place
    }

    /// The tenant with a cap for one user.
    func capped(_ dimension: QuotaDimension, _ cap: Int64) -> Self {
        var place = self
        place.limits[dimension].userCap = cap
        return place
    }
}

extension QuotaCase.Loan {
    /// A loan.
    static func lent(
        _ amounts: [QuotaDimension: Int64],
        by lender: String,
        to borrower: String,
        hasEnded: Bool = false
    ) -> Self {
        Self(lender: lender, borrower: borrower, amounts: QuotaAmounts(amounts), hasEnded: hasEnded)
    }
}

extension QuotaCase.Given {
    /// A reservation.
    static func live(
        _ tenant: String,
        _ amounts: [QuotaDimension: Int64],
        _ qosClass: VClusterQoSClass = .burstable,
        owner: String? = nil
    ) -> Self {
        Self(tenant: tenant, amounts: QuotaAmounts(amounts), qosClass: qosClass, owner: owner, isHeld: false)
    }

    /// A hold.
    static func held(_ tenant: String, _ amounts: [QuotaDimension: Int64]) -> Self {
        Self(tenant: tenant, amounts: QuotaAmounts(amounts), qosClass: .burstable, owner: nil, isHeld: true)
    }
}

extension QuotaCase {
    /// A chain below the root, `t2` … `t<depth>`, with limits by level.
    static func chain(depth: Int, _ limits: [Int: [QuotaDimension: Int64]] = [:]) -> [Place] {
        (1...depth).map { level in
            level == 1
                ? .root(limits[1] ?? [:])
                : .place("t\(level)", in: level == 2 ? "root" : "t\(level - 1)", limits[level] ?? [:])
        }
    }
}
