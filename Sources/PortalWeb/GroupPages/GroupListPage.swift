/// The groups that the reader sees.
struct GroupListPage: PageModel {
    static let template = "admin/groups"
    /// The part that is fetched again while a name is typed.
    static let fragment = "admin/_groups"

    let title: String
    let action: String
    let query: String
    let clearHref: String?
    let menus: [MenuFormModel]
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// One group.
    struct Row: Sendable {
        let href: String
        let name: String
        let note: String?
        let tenant: String
        /// What it is called at the identity provider; nil for one that is only kept here.
        let externalID: String?
        /// The identity provider.
        let provider: String?
    }
}
