/// One long-running change: how far it is, its steps, its log, and what to do when it failed.
struct OperationPage: PageModel {
    static let template = "operations/show"

    let title: String
    let heading: String
    let href: String
    let vclusterHref: String
    let vclusterName: String
    /// The stream of changes; nil once the operation has ended.
    let eventsHref: String?
    let isLive: Bool
    /// The state in the words of the API, for scripts and tests.
    let state: String
    let badge: BadgeModel
    /// Why it could not be cancelled.
    var errorSummary: ErrorSummaryModel?
    let cancelAction: String?
    let retryAction: String?
    /// The vcluster, once there is something to see.
    let doneHref: String?
    let failure: FailureNotice?
    let tone: String
    let progress: Int
    let percent: String
    let summary: String
    let steps: [Step]
    let details: [FactModel]
    let log: String
    let isLogOpen: Bool

    /// One step with its state.
    struct Step: Sendable {
        let name: String
        let state: String
        let icon: String
        let tone: String
        let isTurning: Bool
        let isWaiting: Bool
        let duration: String
        let message: String?
    }

    /// Why it failed and what to try.
    struct FailureNotice: Sendable {
        let tone: String
        let icon: String
        let title: String
        let text: String?
        let hint: String?
    }
}
