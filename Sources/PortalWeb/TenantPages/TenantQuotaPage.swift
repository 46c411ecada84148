/// The limits of a tenant to be changed: what is typed, what would change by it, and what would break.
struct TenantQuotaPage: PageModel {
    static let template = "tenants/quota"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    let action: String
    let errorSummary: ErrorSummaryModel?
    let rows: [Row]
    /// Name and limit of a resource that is not in the form yet.
    let addition: [FieldModel]
    let isStrict: Bool
    /// The version of the limits that are changed, as an entity tag.
    let version: String
    let preview: Preview?

    /// One resource: limit, overcommit, share of one person.
    struct Row: Sendable {
        let name: String
        let note: String
        let fields: [FieldModel]
    }

    /// What would change; nothing is saved yet.
    struct Preview: Sendable {
        let changes: [Change]
        let notice: NoticeModel
        let violations: [String]
        /// What was looked at, which alone can be saved without another look; nil when it cannot be saved.
        let looked: String?
    }

    /// One limit before and after.
    struct Change: Sendable {
        let name: String
        let before: String
        let after: String
    }
}
