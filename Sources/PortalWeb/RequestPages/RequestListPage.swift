/// Changes that wait for approval, or did.
struct RequestListPage: PageModel {
    static let template = "requests/index"

    let title: String
    let tabs: [Tab]
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// In whose eyes.
    struct Tab: Sendable {
        let href: String
        let label: String
        /// How many wait for the reader; nil for none, and for tabs that do not count.
        let count: String?
        let isCurrent: Bool
    }

    /// One request.
    struct Row: Sendable {
        let href: String
        let title: String
        let note: String
        let badge: BadgeModel
        let time: TimeText
    }
}
