/// The tree of tenants that a reader sees, a few levels of it at a time.
struct TenantListPage: PageModel {
    static let template = "tenants/index"
    /// The part that is fetched again when a branch opens or a name is looked for.
    static let fragment = "tenants/_tree"

    let title: String
    let tabs: [Tab]
    let action: String
    let query: String
    /// The tab that a search stays in; nil for live tenants.
    let archived: String?
    let clearHref: String?
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// Live or archived tenants.
    struct Tab: Sendable {
        let href: String
        let label: String
        let isCurrent: Bool
    }

    /// One tenant, or the way to more of them.
    struct Row: Sendable {
        let href: String
        let name: String
        /// 0 … 7, as a class of the style sheet.
        let level: Int
        /// Where it is, in a list that is no tree.
        var path: String?
        /// “12 tenants below”; nil for none.
        var count: String?
        /// Opens or closes the branch; nil without tenants below and in a list that is no tree.
        var toggle: Toggle?
        var badge: BadgeModel?
        /// True for the row that leads to more tenants of the same level.
        var isMore = false
        /// True where every row of the list keeps the width of a toggle free.
        var isInTree = true
    }

    /// Opens or closes a branch.
    struct Toggle: Sendable {
        /// The id in the page, by which the focus comes back after the tree was replaced.
        let id: String
        let href: String
        let label: String
        let isOpen: Bool
    }
}
