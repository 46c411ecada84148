import Portal

/// One account of a program: its roles, its tokens, and the certificates that stand for it.
struct ServiceAccountPage: PageModel {
    static let template = "admin/service-account"

    let title: String
    let crumbs: [LinkModel]
    let badge: BadgeModel
    let lead: String
    let menus: [MenuFormModel]
    /// Why a button was refused that is no form to fill in.
    let errorSummary: ErrorSummaryModel?
    /// A token that was just made and is shown this once.
    let secret: SecretModel?
    let roles: [HeldRoleModel]
    let roleMenus: [MenuFormModel]
    let tokenList: TokenList
    let certificateList: CertificateList
    let details: [FactModel]

    /// The tokens of the account.
    struct TokenList: Sendable {
        let tokens: [TokenRow]
        let pager: VClusterListPage.Pager?
        /// nil for readers who may not make tokens, and for an account that is disabled.
        let form: TokenForm?
    }

    /// The certificates that stand for the account.
    struct CertificateList: Sendable {
        let certificates: [Certificate]
        let pager: VClusterListPage.Pager?
        let menus: [MenuFormModel]
    }

    /// One name of certificates.
    struct Certificate: Sendable {
        let kind: String
        let value: String
        let issuer: String?
        let createdAt: TimeText
        /// nil when no request has come with one.
        let lastUsedAt: TimeText?
        /// nil when it is good until it is removed.
        let expiresAt: TimeText?
        /// nil while it is good.
        let badge: BadgeModel?
        let remove: Remove?
    }

    /// The form that removes a mapping.
    struct Remove: Sendable {
        let action: String
        let certificate: String
        let label: String
    }

    /// The name of an account.
    static func nameField(_ value: String, _ writer: Localizer) -> FieldModel {
        FieldModel(
            id: "service-name",
            name: "name",
            label: writer.text("services.name"),
            value: value,
            autocomplete: "off",
            maxLength: PortalLimits.Access.nameLengthMax,
            isRequired: true
        )
    }
}
