/// The rules of a tenant and those that bind it from above.
struct RuleListPage: PageModel {
    static let template = "access-rules/index"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    /// Making a rule; nil for those who may not.
    let newRule: LinkModel?
    let explain: LinkModel
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?
    let inherited: [Row]

    /// One rule.
    struct Row: Sendable {
        /// Its page; nil for one of a tenant that the reader does not see.
        let href: String?
        let name: String
        let sentence: String
        /// Why it is there; nil when nobody wrote that.
        let description: String?
        /// Where it comes from; nil for the tenant's own.
        let place: String?
        let badge: BadgeModel?
    }
}
