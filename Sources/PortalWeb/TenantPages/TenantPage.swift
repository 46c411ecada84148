/// One tenant: its place in the tree, what it may use, who works in it, and what can be done with it.
struct TenantPage: PageModel {
    static let template = "tenants/show"

    let title: String
    let crumbs: [LinkModel]
    let name: String
    let badge: BadgeModel?
    /// Creating a vcluster here; nil for those who may not.
    let newVCluster: LinkModel?
    let links: [LinkModel]
    let menus: [MenuFormModel]
    let notices: [NoticeModel]
    /// nil for readers who may not see quotas.
    let quota: QuotaPanel?
    /// nil for readers who may not see quotas, and where nothing is or can be lent.
    let loans: LoansPanel?
    let children: Children
    let members: Members?
    let details: [FactModel]

    /// The tenants right below.
    struct Children: Sendable {
        let rows: [TenantListPage.Row]
        let pager: VClusterListPage.Pager?
        let emptyText: String
    }

    /// Who has which role.
    struct Members: Sendable {
        /// Who may do what, and why.
        let accessHref: String
        /// When they may not.
        let rulesHref: String
        /// Inviting people who have no account, and what became of it; nil for those who may not.
        let inviteHref: String?
        let rows: [MemberRow]
        let pager: VClusterListPage.Pager?
        let menus: [MenuFormModel]
    }

    /// A role that somebody holds.
    struct MemberRow: Sendable {
        let name: String
        let note: String
        let kind: String?
        let role: String
        /// Where the role was given, in words.
        let source: String
        let sourceHref: String?
        /// Takes the role; nil for an inherited one and for those who may not.
        let remove: Remove?
    }

    /// The button that takes a role.
    struct Remove: Sendable {
        let action: String
        let label: String
        let kind: String
        let subject: String
        let role: String
    }
}
