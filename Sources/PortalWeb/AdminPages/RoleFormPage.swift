/// A custom role to be made or changed: its name and what it permits.
struct RoleFormPage: PageModel {
    static let template = "admin/role"

    let title: String
    let crumbs: [LinkModel]
    let lead: String
    let action: String
    let errorSummary: ErrorSummaryModel?
    let fields: [FieldModel]
    /// Where it is made; empty for one that exists.
    let selects: [SelectModel]
    let groups: [PermissionGroupModel]
    let permissionsError: String?
    /// The version that is changed, as an entity tag; nil for a new role.
    let version: String?
    let submit: String
    let menus: [MenuFormModel]
}
