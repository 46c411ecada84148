/// One request: what is asked, what it means, who decides, and what was said.
struct RequestPage: PageModel {
    static let template = "requests/show"

    let title: String
    let badge: BadgeModel
    let lead: String
    /// What became of it, or what is held; nil when there is nothing to say.
    let notices: [NoticeModel]
    let facts: [FactModel]
    /// The settings that change; empty for verbs without settings and for what is made.
    let changes: [Change]
    let quota: [QuotaRow]
    let steps: [Step]
    let entries: [Entry]
    let form: Form?
    /// Taking it back; nil for everybody but the requester.
    let cancel: MenuFormModel?

    /// A setting with what it is and what it is to be.
    struct Change: Sendable {
        let name: String
        let before: String
        let after: String
    }

    /// One resource at one level.
    struct QuotaRow: Sendable {
        let tenant: String
        let name: String
        let badge: BadgeModel?
        /// nil where nothing is limited.
        let bar: QuotaPanel.Bar?
        let before: String
        let after: String
        let limit: String
    }

    /// One step of the chain.
    struct Step: Sendable {
        let text: String
        let note: String?
        let state: String
        let icon: String
        let tone: String
    }

    /// What somebody said or decided.
    struct Entry: Sendable {
        let text: String
        let comment: String?
        let icon: String
        let tone: String
        let time: TimeText
    }

    /// Deciding and commenting.
    struct Form: Sendable {
        let errorSummary: ErrorSummaryModel?
        let comment: String
        let error: String?
        let commentAction: String
        /// nil for those who are not asked.
        let decision: Decision?
    }

    /// Where the buttons of a decider lead.
    struct Decision: Sendable {
        let approveAction: String
        let rejectAction: String
    }
}
