/// A rule to be made or changed, with what it says as a sentence.
struct RuleFormPage: PageModel {
    static let template = "access-rules/form"

    let title: String
    let crumbs: [LinkModel]
    let action: String
    /// What the rule says now, or would say.
    let sentence: NoticeModel?
    let errorSummary: ErrorSummaryModel?
    let name: FieldModel
    let description: FieldModel
    let effects: [OptionModel]
    let permissions: Boxes
    let whom: SelectModel
    let email: FieldModel
    let environments: Boxes
    let labels: FieldModel
    /// Without options when the reader sees no hosts.
    let hosts: Boxes
    let days: Boxes
    let hours: [FieldModel]
    let isOutside: Bool
    let isEnabled: Bool
    /// The version that is changed, as an entity tag; nil for a new rule.
    let version: String?
    let submit: String
    let menus: [MenuFormModel]
    /// False for those who may only read it.
    let mayChange: Bool

    /// A group of boxes to tick.
    struct Boxes: Sendable {
        let id: String
        let name: String
        let legend: String
        let hint: String?
        let options: [OptionModel]
        let error: String?
        /// Whether the labels are short, so that many stand in a line.
        let isSmall: Bool
    }
}
