import Portal

/// What a tenant has lent to its siblings and borrowed from them, and the form to lend more.
struct LoansPanel: Sendable {
    /// nil for those who may not lend, and where there is nobody to lend to or nothing to lend.
    let form: Form?
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let emptyText: String

    /// A new loan.
    struct Form: Sendable {
        let action: String
        let text: String
        let isOpen: Bool
        let errorSummary: ErrorSummaryModel?
        let borrower: SelectModel
        /// One field a resource that can be lent.
        let amounts: [FieldModel]
        let until: FieldModel
        let reason: FieldModel
    }

    /// One loan as this side sees it.
    struct Row: Sendable {
        /// Everything that is lent: `4 CPU, 8 GiB Memory`.
        let amounts: String
        let reason: String
        let direction: String
        let other: String
        let otherHref: String?
        let badge: BadgeModel
        let end: TimeText
        /// Gives it back before its end; nil for those who may not, and once it has ended.
        let giveBack: GiveBack?
    }

    /// The button that returns a loan.
    struct GiveBack: Sendable {
        let action: String
        let label: String
        let loan: String
    }
}
