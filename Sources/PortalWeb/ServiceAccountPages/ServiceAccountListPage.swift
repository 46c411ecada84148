/// The accounts of programs that the reader sees.
struct ServiceAccountListPage: PageModel {
    static let template = "admin/service-accounts"

    let title: String
    let menus: [MenuFormModel]
    let rows: [Row]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?

    /// One account.
    struct Row: Sendable {
        let href: String
        let name: String
        let badge: BadgeModel
        let tenant: String
        let createdAt: TimeText
    }
}
