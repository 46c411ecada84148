/// One step of the form that creates a vcluster.
struct VClusterWizardPage: PageModel {
    static let template = "vclusters/new"

    let title: String
    let steps: [Step]
    let errorSummary: ErrorSummaryModel?
    /// Instead of the form when nothing can be created.
    let blocked: EmptyModel?
    let form: Form?

    /// A step in the list above the form.
    struct Step: Sendable {
        let label: String
        /// The step with all input kept; nil for steps that come later.
        let href: String?
        let isDone: Bool
        let isCurrent: Bool
    }

    /// The form of the current step.
    struct Form: Sendable {
        let method: String
        let action: String
        let isPost: Bool
        /// The input of the other steps.
        let carried: [HiddenField]
        let backHref: String?
        let backStep: String?
        let goStep: String
        let goLabel: String
        let isContinue: Bool
        var templateStep: TemplateStep?
        var nameStep: NameStep?
        var sizeStep: SizeStep?
        var reviewStep: ReviewStep?
    }

    /// A value of another step.
    struct HiddenField: Sendable {
        let name: String
        let value: String
    }

    /// What to start from.
    struct TemplateStep: Sendable {
        let id = "templateId"
        let choices: [TemplateChoice]
        let error: String?
    }

    /// A template to start from.
    struct TemplateChoice: Sendable {
        let value: String
        let label: String
        let text: String?
        let tags: [String]
        let isSelected: Bool
    }

    /// What it is called and where it lives.
    struct NameStep: Sendable {
        let name: FieldModel
        let tenant: SelectModel
        let host: SelectModel?
        let expires: SelectModel
        let environment: SelectModel
        let labels: FieldModel
    }

    /// How big it is.
    struct SizeStep: Sendable {
        let presets: [OptionModel]
        let groups: [FieldGroup]
    }

    /// Fields that belong together.
    struct FieldGroup: Sendable {
        /// A class of the group: `group-custom` hides it unless own numbers are wanted.
        let kind: String
        let title: String
        let hint: String
        let fields: [FieldModel]
        let selects: [SelectModel]
    }

    /// Everything once more before it is made.
    struct ReviewStep: Sendable {
        let parts: [ReviewPart]
    }

    /// What one step said.
    struct ReviewPart: Sendable {
        let title: String
        let facts: [FactModel]
        let editHref: String
    }
}
