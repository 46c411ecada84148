/// An operation in a list.
struct OperationRow: Sendable {
    let href: String
    /// “Create payments-dev”.
    let title: String
    let note: String
    /// Only while it runs.
    let progress: ProgressModel?
    let badge: BadgeModel
    let createdAt: TimeText
}
