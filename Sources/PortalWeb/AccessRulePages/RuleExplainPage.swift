/// What roles and rules would say to somebody who does something: the question, and the answer with its reasons.
struct RuleExplainPage: PageModel {
    static let template = "access-rules/explain"

    let title: String
    let lead: String
    let crumbs: [LinkModel]
    let action: String
    let errorSummary: ErrorSummaryModel?
    /// Who; nil for those who may only ask about themselves.
    let email: FieldModel?
    let selects: [SelectModel]
    let labels: FieldModel
    let time: FieldModel
    /// nil before something was asked.
    let answer: Answer?

    /// The answer.
    struct Answer: Sendable {
        let verdict: NoticeModel
        /// The roles that permit it.
        let roles: [Role]
        let noRoles: String?
        let rules: [Rule]
        let noRules: String?
    }

    /// A role that permits it.
    struct Role: Sendable {
        let text: String
        /// The tenant where it is held; nil for one that the reader does not see.
        let href: String?
    }

    /// What one rule says.
    struct Rule: Sendable {
        let name: String
        /// Its page; nil for one of a tenant that the reader does not see.
        let href: String?
        let sentence: String
        let badge: BadgeModel
        /// Why it says so.
        let reason: String
    }
}
