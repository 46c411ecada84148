/// Moving a tenant: where to, what that changes, and the button that does it.
struct TenantMovePage: PageModel {
    static let template = "tenants/move"
    /// The part that is fetched again while a name is typed.
    static let fragment = "tenants/_places"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    let action: String
    let query: String
    let places: [Place]
    let placesNote: String?
    let refusal: NoticeModel?
    let preview: Preview?

    /// A tenant that this one could go below.
    struct Place: Sendable {
        let href: String
        let label: String
        let note: String?
        let isChosen: Bool
    }

    /// What the move changes.
    struct Preview: Sendable {
        let title: String
        let facts: [FactModel]
        let quota: QuotaNote
        /// Roles and access rules that begin and end.
        let roles: [Roles]
        let action: String
        let parentID: String
        /// The version of the tenant that was looked at, as an entity tag.
        let version: String
        /// nil when the move would be refused.
        let submit: String?
    }

    /// What the quotas say about a move.
    struct QuotaNote: Sendable {
        let title: String
        let texts: [String]
        let fine: String?
    }

    /// Roles, or access rules, that begin or end.
    struct Roles: Sendable {
        let title: String
        let rows: [Role]
        /// How many more there are.
        let more: String?
        let emptyText: String
    }

    /// A role that somebody gets or loses, or a rule that begins or ends.
    struct Role: Sendable {
        let email: String
        let text: String
    }
}
