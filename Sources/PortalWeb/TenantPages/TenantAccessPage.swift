/// Who has a permission at a tenant, and by which role.
struct TenantAccessPage: PageModel {
    static let template = "tenants/access"
    /// The part that is fetched again when another permission is chosen.
    static let fragment = "tenants/_grants"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    let action: String
    let permission: SelectModel
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// One chain from somebody to a role.
    struct Row: Sendable {
        let name: String
        let email: String
        let why: String
        let note: String?
        let tenantHref: String?
        /// The access rules that bind them.
        let rules: [Rule]
    }

    /// What a rule says while no vcluster is in question.
    struct Rule: Sendable {
        let href: String?
        let name: String
        let badge: BadgeModel
    }
}
