/// Who did what, newest first.
struct AuditListPage: PageModel {
    static let template = "audit/index"

    let title: String
    let filters: Filters
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// The form that narrows the list.
    struct Filters: Sendable {
        let action: String
        let person: String
        let selects: [SelectModel]
        /// The first and the last day.
        let days: [FieldModel]
        /// The list without filters; nil when there are none.
        let clearHref: String?
    }

    /// One action.
    struct Row: Sendable {
        let verb: String
        let object: String
        let note: String?
        let badge: BadgeModel
        let actor: String
        let time: TimeText
    }
}
