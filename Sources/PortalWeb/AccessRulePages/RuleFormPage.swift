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
    let permissions: BoxesModel
    let whom: SelectModel
    let email: FieldModel
    let environments: BoxesModel
    let labels: FieldModel
    /// Without options when the reader sees no hosts.
    let hosts: BoxesModel
    let days: BoxesModel
    let hours: [FieldModel]
    let isOutside: Bool
    let isEnabled: Bool
    /// The version that is changed, as an entity tag; nil for a new rule.
    let version: String?
    let submit: String
    let menus: [MenuFormModel]
    /// False for those who may only read it.
    let mayChange: Bool
}
