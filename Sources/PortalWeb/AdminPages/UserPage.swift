/// One account: its state, its settings, its roles, and what an administrator can do with it.
struct UserPage: PageModel {
    static let template = "admin/user"

    let title: String
    let crumbs: [LinkModel]
    let email: String
    let badge: BadgeModel
    let menus: [MenuFormModel]
    /// A link that was just made and is shown this once.
    let link: Link?
    let notices: [NoticeModel]
    let settings: Settings
    let roles: [Role]
    let details: [FactModel]

    /// A one-time link.
    struct Link: Sendable {
        let title: String
        let text: String
        let url: String
    }

    /// What an administrator may set for somebody else.
    struct Settings: Sendable {
        let action: String
        let errorSummary: ErrorSummaryModel?
        let fields: [FieldModel]
        let selects: [SelectModel]
    }

    /// A role that the account has.
    struct Role: Sendable {
        let href: String
        let text: String
        let note: String?
    }
}
