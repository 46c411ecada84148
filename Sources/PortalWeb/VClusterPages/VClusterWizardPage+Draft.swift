import Portal

extension VClusterWizardPage {
    /// A step of the wizard.
    ///
    /// - Parameters:
    ///   - draft: What was entered so far.
    ///   - step: The step to show.
    ///   - problems: What has to be corrected in it; empty on the first look.
    ///   - writer: Writes for the reader.
    init(_ draft: WizardDraft, at step: WizardStep, _ problems: [WizardDraft.Problem], _ writer: Localizer) {
        title = writer.text("wizard.title")
        guard !draft.offer.tenantIDs.isEmpty else {
            steps = []
            errorSummary = nil
            form = nil
            blocked = EmptyModel(
                icon: "info",
                title: writer.text("wizard.noTenantTitle"),
                text: writer.text("wizard.noTenantText")
            )
            return
        }
        blocked = nil
        steps = WizardStep.allCases.map { other in
            let isDone = step.earlier.contains(other)
            return Step(
                label: writer.text(other.titleKey),
                href: isDone ? draft.input.href(other) : nil,
                isDone: isDone,
                isCurrent: other == step
            )
        }
        let fields = WizardFields(draft, problems, writer)
        errorSummary = fields.summary
        form = Form(draft, at: step, fields, writer)
    }
}

extension VClusterWizardPage.Form {
    fileprivate init(_ draft: WizardDraft, at step: WizardStep, _ fields: WizardFields, _ writer: Localizer) {
        let isLast = step == .review
        self.init(
            method: isLast ? "post" : "get",
            action: Route.vclusterNewPage.path,
            isPost: isLast,
            carried: draft.input.carried(beside: step),
            backHref: isLast ? draft.input.href(.size) : nil,
            backStep: isLast ? nil : step.earlier.last?.rawValue,
            goStep: step.next?.rawValue ?? "create",
            goLabel: writer.text(isLast ? "wizard.create" : "wizard.next"),
            isContinue: !isLast
        )
        switch step {
        case .template: templateStep = fields.templateStep
        case .name: nameStep = fields.nameStep
        case .size: sizeStep = fields.sizeStep
        case .review: reviewStep = fields.reviewStep
        }
    }
}
