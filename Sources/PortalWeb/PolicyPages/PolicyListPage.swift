/// What has to be approved at a tenant.
struct PolicyListPage: PageModel {
    static let template = "policies/index"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    /// Making a policy; nil for those who may not.
    let newPolicy: LinkModel?
    /// In the order in which they are looked at.
    let rows: [Row]
    let empty: EmptyModel?

    /// One policy.
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
