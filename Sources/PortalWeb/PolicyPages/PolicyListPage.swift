/// What has to be approved at a tenant.
struct PolicyListPage: PageModel {
    static let template = "policies/index"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    /// Making a policy; nil for those who may not.
    let newPolicy: LinkModel?
    /// In the order in which they are looked at.
    let rows: [SentenceRowModel]
    let empty: EmptyModel?
}
