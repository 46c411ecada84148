/// What runs, what waits, what failed.
struct DashboardPage: PageModel {
    static let template = "dashboard/show"
    /// The part that is fetched again when something changes.
    static let fragment = "dashboard/_content"

    let title: String
    let heading: String
    let lead: String
    /// The wizard; nil for readers who may not create.
    let newHref: String?
    /// The stream of changes.
    let watchHref: String
    /// Instead of everything else while there is no vcluster at all.
    let empty: EmptyModel?
    let isFilled: Bool
    let figures: [Figure]
    let failed: [FailedRow]
    let failedHref: String
    let operations: [OperationRow]

    /// How many vclusters are in a group of phases.
    struct Figure: Sendable {
        let href: String
        let label: String
        let value: String
        let icon: String
        let tone: String
    }

    /// A vcluster that needs somebody.
    struct FailedRow: Sendable {
        let href: String
        let name: String
        let tenant: String
        let message: String?
        let changedAt: TimeText?
    }
}
