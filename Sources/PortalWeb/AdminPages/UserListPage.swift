/// The people who can sign in.
struct UserListPage: PageModel {
    static let template = "admin/users"
    /// The part that is fetched again while a name is typed.
    static let fragment = "admin/_users"

    let title: String
    let action: String
    let query: String
    let clearHref: String?
    let menus: [MenuFormModel]
    /// The invitations that nobody has answered.
    let links: [LinkModel]
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// One account.
    struct Row: Sendable {
        let href: String
        let name: String
        let email: String
        let badge: BadgeModel
        let note: String?
        /// nil for somebody who never did.
        let signedInAt: TimeText?
        let createdAt: TimeText
    }
}
