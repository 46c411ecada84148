/// One account: its state, its settings, its roles, and what an administrator can do with it.
struct UserPage: PageModel {
    static let template = "admin/user"

    let title: String
    let crumbs: [LinkModel]
    let email: String
    let badge: BadgeModel
    let menus: [MenuFormModel]
    /// A link that was just made and is shown this once.
    let secret: SecretModel?
    let notices: [NoticeModel]
    let settings: Settings
    let roles: [HeldRoleModel]
    let details: [FactModel]

    /// What an administrator may set for somebody else.
    struct Settings: Sendable {
        let action: String
        let errorSummary: ErrorSummaryModel?
        let fields: [FieldModel]
        let selects: [SelectModel]
    }
}
