import Portal

/// The question before a snapshot is restored or deleted: what it is, and what will be lost.
struct SnapshotConfirmPage: PageModel {
    static let template = "snapshots/confirm"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    let vclusterHref: String
    let refusal: NoticeModel?
    let facts: [FactModel]
    /// What to know before, one sentence each.
    let warnings: [String]
    let action: String
    let submit: String
    /// The version of the vcluster that was looked at, as an entity tag; empty where it does not matter.
    let version: String
    let isDanger: Bool

    /// What is asked.
    enum Question: String {
        case restore, delete
    }
}
