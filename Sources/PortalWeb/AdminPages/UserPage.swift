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
    let tokenList: TokenList
    let details: [FactModel]

    /// The name of the buttons that revoke tokens, in refusals.
    static let revokeForm = "revokeToken"

    /// The API tokens of the account.
    struct TokenList: Sendable {
        /// Why one could not be revoked.
        let errorSummary: ErrorSummaryModel?
        let tokens: [TokenRow]
        let pager: VClusterListPage.Pager?
    }

    /// What an administrator may set for somebody else.
    struct Settings: Sendable {
        let action: String
        /// The version that is changed, as an entity tag.
        let version: String
        let errorSummary: ErrorSummaryModel?
        let fields: [FieldModel]
        let selects: [SelectModel]
    }
}
