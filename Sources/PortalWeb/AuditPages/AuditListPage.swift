/// Who did what, newest first.
struct AuditListPage: PageModel {
    static let template = "audit/index"

    let title: String
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

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
