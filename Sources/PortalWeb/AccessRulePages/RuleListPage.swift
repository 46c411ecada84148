/// The rules of a tenant and those that bind it from above.
struct RuleListPage: PageModel {
    static let template = "access-rules/index"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    /// Making a rule; nil for those who may not.
    let newRule: LinkModel?
    let explain: LinkModel
    let rows: [SentenceRowModel]
    let pager: VClusterListPage.Pager?
    let empty: EmptyModel?
    let inherited: [SentenceRowModel]
}
