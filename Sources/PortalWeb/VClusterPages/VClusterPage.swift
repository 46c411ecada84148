/// One vcluster: its status, how to reach it, what may be done, what happened.
struct VClusterPage: PageModel {
    static let template = "vclusters/show"

    let title: String
    let href: String
    let watchHref: String
    let name: String
    let tenant: String
    let tenantHref: String
    /// The phase in the words of the API, for scripts and tests.
    let phase: String
    let badge: BadgeModel
    /// Why an action was refused that has no form on the page.
    let errorSummary: ErrorSummaryModel?
    let buttons: [ActionButton]
    /// Actions that an access rule refuses now, after those that can be done.
    let blocked: [BlockedAction]
    let scale: ScaleForm?
    let clone: MenuFormModel?
    let takeSnapshot: MenuFormModel?
    let delete: DeleteForm?
    let notices: [NoticeModel]
    let conditions: [Condition]
    let conditionsNote: String?
    let spec: [FactModel]
    let generation: String
    let snapshots: SnapshotsPanel
    let events: [Event]
    let endpoint: String?
    let kubeconfig: Kubeconfig?
    /// Why there is nothing to reach; nil when there is.
    let noAccess: String?
    let details: [FactModel]
    let labels: [String]
    let operations: [OperationRow]

    /// An action without questions.
    struct ActionButton: Sendable {
        let action: String
        let label: String
        let icon: String
        let isPrimary: Bool
    }

    /// A button that cannot be pressed, with the reason.
    struct BlockedAction: Sendable {
        /// The id of the reason, for screen readers.
        let id: String
        let label: String
        let icon: String
        let reason: String
    }

    /// The form that changes the size.
    struct ScaleForm: Sendable {
        let action: String
        let isOpen: Bool
        let errorSummary: ErrorSummaryModel?
        let fields: [FieldModel]
    }

    /// The form that deletes.
    struct DeleteForm: Sendable {
        let action: String
        let summary: String
        let text: String
        let submit: String
        let gracePeriods: [OptionModel]
    }

    /// One check of the control plane.
    struct Condition: Sendable {
        let name: String
        let state: String
        let icon: String
        let tone: String
        let message: String?
    }

    /// Something that happened.
    struct Event: Sendable {
        let text: String
        let note: String?
        let icon: String
        let tone: String
        let time: TimeText
    }

    /// The file for kubectl.
    struct Kubeconfig: Sendable {
        let href: String
        let fileName: String
    }
}
