import HTTPCore
import Portal

/// The form that makes an API token: what it is called, how long it lives, and what it is for.
struct TokenForm: Sendable {
    let action: String
    let errorSummary: ErrorSummaryModel?
    let name: FieldModel
    let selects: [SelectModel]
    /// Everything that its owner may do, or only what is ticked.
    let reaches: [OptionModel]
    let groups: [PermissionGroupModel]
    let permissionsError: String?

    /// The name of the form in a refusal.
    static let formName = "token"

    /// What the form can offer.
    struct Choices: Sendable {
        /// The tenants that it may be narrowed to.
        let tenants: TenantChoices
        /// The permissions that it may be narrowed to: those that the owner has somewhere.
        let permissions: Set<Permission>
        /// The bounds of its life.
        let limits: PortalLimits.Identity
    }

    /// How far a token reaches.
    enum Reach: String, CaseIterable, Sendable {
        /// Everything that its owner may do.
        case everything
        /// Only some permissions.
        case some
    }

    /// The form, with what was typed when it was refused.
    init(_ choices: Choices, action: String, refused: RefusedForm?, _ writer: Localizer) {
        let form = refused.flatMap { $0.name == Self.formName ? $0 : nil }
        self.action = action
        errorSummary = form?.summary(
            [
                "name": "token-name", "expiresAt": "token-days", "tenantId": "token-tenant",
                "permissions": "token-permissions",
            ],
            writer
        )
        name =
            FieldModel(
                id: "token-name",
                name: "name",
                label: writer.text("tokens.name"),
                value: form?.value("name") ?? "",
                hint: writer.text("tokens.nameHint"),
                autocomplete: "off",
                maxLength: PortalLimits.Identity.tokenNameLengthMax,
                isRequired: true,
                error: form?.problem("name", writer)
            ).described
        selects = [Self.days(choices.limits, form, writer), Self.tenants(choices.tenants, form, writer)]
        let reach = form.flatMap { Reach(rawValue: $0.value("reach")) } ?? .everything
        reaches = Reach.allCases.map { each in
            OptionModel(
                value: each.rawValue,
                label: writer.text("tokens.reach.\(each.rawValue)"),
                text: writer.text("tokens.reachText.\(each.rawValue)"),
                isSelected: each == reach
            )
        }
        let held = Set(form?.input.all(named: "permission") ?? [])
        groups = PermissionGroupModel.all(offering: choices.permissions, held: held, writer)
        permissionsError = form?.problem("permissions", writer)
    }

    private static func days(
        _ limits: PortalLimits.Identity,
        _ form: RefusedForm?,
        _ writer: Localizer
    ) -> SelectModel {
        let usual = Int(limits.tokenLifetimeDefault.components.seconds / 86_400)
        let most = Int(limits.tokenLifetimeMax.components.seconds / 86_400)
        let typed = form?.value("days") ?? "\(usual)"
        return SelectModel(
            id: "token-days",
            name: "days",
            label: writer.text("tokens.life"),
            options: Set([1, 7, 30, 180, 365, usual]).sorted().filter { $0 <= most }.map { days in
                OptionModel(value: "\(days)", label: writer.count("tokens.days", days), isSelected: "\(days)" == typed)
            },
            isRequired: true,
            error: form?.problem("expiresAt", writer)
        ).described
    }

    private static func tenants(
        _ choices: TenantChoices,
        _ form: RefusedForm?,
        _ writer: Localizer
    ) -> SelectModel {
        let typed = form.flatMap { TenantID($0.value("tenantId")) }
        let all = OptionModel(value: "", label: writer.text("tokens.allTenants"), isSelected: typed == nil)
        return SelectModel(
            id: "token-tenant",
            name: "tenantId",
            label: writer.text("tokens.tenant"),
            options: [all] + TenantNames(choices.lineage).options(choices.offered, selected: typed),
            hint: writer.text("tokens.tenantHint"),
            error: form?.problem("tenantId", writer)
        ).described
    }
}

/// A token as it is asked for by a form.
struct TokenWish: Sendable {
    let name: String
    let lifetime: Duration
    let scope: APITokenScope

    /// What a form says.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `expiresAt` or `tenantId`.
    init(_ form: QueryItems) throws(PortalError) {
        name = form.first(named: "name") ?? ""
        guard let days = form.first(named: "days").flatMap({ Int($0) }), (1...36_600).contains(days) else {
            throw .invalid("expiresAt", FieldErrorCode.outOfRange, "must be a number of days")
        }
        lifetime = .seconds(days * 86_400)
        let typed = form.first(named: "tenantId") ?? ""
        let tenantID = TenantID(typed)
        guard typed.isEmpty || tenantID != nil else {
            throw .invalid("tenantId", FieldErrorCode.notFound, "is no tenant that you can see")
        }
        // Permissions that do not exist are as if they were not ticked; without any the domain refuses.
        let chosen = form.all(named: "permission").compactMap { Permission(rawValue: $0) }
        let isNarrowed = form.first(named: "reach") != TokenForm.Reach.everything.rawValue
        scope = APITokenScope(tenantID: tenantID, permissions: isNarrowed ? Set(chosen) : nil)
    }
}
