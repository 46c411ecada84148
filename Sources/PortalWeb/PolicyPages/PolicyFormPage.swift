/// A policy to be made or changed, with what it says as a sentence.
struct PolicyFormPage: PageModel {
    static let template = "policies/form"

    let title: String
    let crumbs: [LinkModel]
    let action: String
    /// What the policy says; nil for a new one.
    let sentence: NoticeModel?
    let errorSummary: ErrorSummaryModel?
    let name: FieldModel
    let description: FieldModel
    let verbs: BoxesModel
    let environments: BoxesModel
    let labels: FieldModel
    /// Without options when the reader sees none.
    let hosts: BoxesModel
    let templates: BoxesModel
    let amounts: [FieldModel]
    let steps: [Step]
    let times: [FieldModel]
    let isEnabled: Bool
    /// The version that is changed, as an entity tag; nil for a new policy.
    let version: String?
    let submit: String
    let menus: [MenuFormModel]
    /// False for those who may only read it.
    let mayChange: Bool

    /// One step of the chain.
    struct Step: Sendable {
        let legend: String
        let asks: SelectModel
        let quorum: FieldModel
        let people: FieldModel
    }
}
