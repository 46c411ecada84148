import Portal

/// The fields of the wizard's steps, with input and errors.
struct WizardFields: Sendable {
    let draft: WizardDraft
    let problems: [WizardDraft.Problem]
    let writer: Localizer

    /// Fields for one look at the wizard.
    init(_ draft: WizardDraft, _ problems: [WizardDraft.Problem], _ writer: Localizer) {
        self.draft = draft
        self.problems = problems
        self.writer = writer
    }

    /// The errors above the form; nil when there are none.
    var summary: ErrorSummaryModel? {
        guard !problems.isEmpty else { return nil }
        return ErrorSummaryModel(
            title: writer.count("wizard.errorsTitle", problems.count),
            items: problems.map { problem in
                guard let field = problem.field else { return .init(text: problem.text) }
                let name = label(field)
                return .init(text: name.isEmpty ? problem.text : "\(name): \(problem.text)", href: "#\(field.rawValue)")
            }
        )
    }

    /// What to start from; the first template is chosen unless another was.
    var templateStep: VClusterWizardPage.TemplateStep {
        let templates = draft.offer.templates
        let chosen = draft.input[.templateId] ?? templates.first?.id.description ?? WizardDraft.blank
        var choices = templates.map { template in
            VClusterWizardPage.TemplateChoice(
                value: template.id.description,
                label: template.name,
                text: template.description.isEmpty ? nil : template.description,
                tags: tags(of: template),
                isSelected: template.id.description == chosen
            )
        }
        choices.append(
            VClusterWizardPage.TemplateChoice(
                value: WizardDraft.blank,
                label: writer.text("wizard.template.blank"),
                text: writer.text("wizard.template.blankText"),
                tags: [],
                isSelected: chosen == WizardDraft.blank
            )
        )
        return .init(choices: choices, error: error(.templateId))
    }

    /// Name and place.
    var nameStep: VClusterWizardPage.NameStep {
        .init(
            name: field(
                .name,
                hint: writer.text("wizard.name.nameHint"),
                maxLength: NewVCluster.nameLengthMax,
                isRequired: true
            ),
            tenant: tenant,
            host: draft.offer.hosts.isEmpty ? nil : host,
            expires: select(
                .expires,
                WizardExpiry.allCases.map { expiry in
                    let label = writer.text("wizard.expires.\(expiry.rawValue)")
                    return OptionModel(value: expiry.rawValue, label: label, isSelected: expiry == draft.expiry)
                },
                hint: writer.text("wizard.name.expiresHint")
            ),
            environment: select(
                .environment,
                VClusterEnvironment.allCases.map { environment in
                    let label = writer.text("environment.\(environment.rawValue)")
                    let isSelected = environment == draft.environment
                    return OptionModel(value: environment.rawValue, label: label, isSelected: isSelected)
                }
            ),
            labels: field(.labels, hint: writer.text("wizard.name.labelsHint"))
        )
    }

    /// Sizes and the numbers behind them.
    var sizeStep: VClusterWizardPage.SizeStep {
        let sizes = WizardSize.allCases.filter { $0 != .template || draft.template != nil }
        return .init(
            presets: sizes.map(preset),
            groups: [
                .init(
                    kind: "group-custom",
                    title: writer.text("wizard.size.quotaTitle"),
                    hint: writer.text("wizard.size.quotaHint"),
                    fields: [
                        field(.cpu, placeholder: "2"), field(.memory, placeholder: "4Gi"),
                        field(.storage, placeholder: "20Gi"), field(.pods, placeholder: "50"),
                        field(.gpus, placeholder: "0"),
                    ],
                    selects: []
                ),
                .init(
                    kind: "",
                    title: writer.text("wizard.size.controlTitle"),
                    hint: writer.text("wizard.size.controlHint"),
                    fields: [
                        field(.replicas, hint: writer.text("wizard.size.replicasHint"), placeholder: "1"),
                        field(.kubernetesVersion, placeholder: "v1.33.4"),
                    ],
                    selects: [
                        choice(.backingStore, ["embeddedDatabase", "deployedEtcd"], prefix: "store"),
                        choice(.isolation, VClusterSpec.Isolation.allCases.map(\.rawValue), prefix: "isolation"),
                        choice(.exposure, ["clusterIP", "nodePort", "loadBalancer"], prefix: "exposure"),
                    ]
                ),
            ]
        )
    }

    /// Everything once more.
    var reviewStep: VClusterWizardPage.ReviewStep {
        .init(
            parts: WizardStep.allCases.filter { $0 != .review }.map { step in
                .init(title: writer.text(step.titleKey), facts: facts(step), editHref: draft.input.href(step))
            }
        )
    }

    private func facts(_ step: WizardStep) -> [FactModel] {
        func fact(_ key: String, _ value: String) -> FactModel { FactModel(name: writer.text(key), value: value) }
        switch step {
        case .template:
            let name = draft.template?.name ?? writer.text("wizard.template.blank")
            return [fact("wizard.review.start", name)]
        case .name:
            let host = draft.offer.hosts.first { $0.id.description == draft.input[.hostId] }
            let simulated = host?.isSimulated == true ? writer.text("simulated") : nil
            let labels = draft.labels.values.labelTexts
            return [
                fact("wizard.name.name", draft.input[.name] ?? ""),
                fact("wizard.name.tenant", draft.tenantID.flatMap(draft.offer.names.path) ?? ""),
                FactModel(
                    name: writer.text("wizard.name.host"),
                    value: host?.name ?? writer.text("wizard.review.automatic"),
                    tag: simulated
                ),
                fact("wizard.name.environment", writer.text("environment.\(draft.environment.rawValue)")),
                fact("wizard.name.expires", writer.text("wizard.expires.\(draft.expiry.rawValue)")),
                fact(
                    "wizard.name.labels",
                    labels.isEmpty ? writer.text("wizard.review.none") : labels.joined(separator: ", ")
                ),
            ]
        case .size:
            guard let spec = try? draft.validatedSpec() else { return [] }
            return SpecFacts(writer).facts(of: spec)
        case .review:
            return []
        }
    }

    private var tenant: SelectModel {
        let chosen = draft.tenantID
        var options = draft.offer.names.options(draft.offer.tenants.offered, selected: chosen)
        if chosen == nil {
            options.insert(
                OptionModel(value: "", label: writer.text("wizard.name.tenantChoose"), isSelected: true),
                at: 0
            )
        }
        let hint = draft.offer.tenants.isTruncated ? "tenants.choose" : "wizard.name.tenantHint"
        var model = select(.tenantId, options, hint: writer.text(hint))
        model.isRequired = true
        return model
    }

    private var host: SelectModel {
        let any = OptionModel(value: "", label: writer.text("wizard.name.hostAny"))
        let options = draft.offer.hosts.map { host in
            let label = host.isSimulated ? "\(host.name) (\(writer.text("simulated")))" : host.name
            let isSelected = host.id.description == draft.input[.hostId]
            return OptionModel(value: host.id.description, label: label, isSelected: isSelected)
        }
        return select(.hostId, [any] + options, hint: writer.text("wizard.name.hostHint"))
    }

    private func preset(_ size: WizardSize) -> OptionModel {
        var text: String?
        if let amounts = size.amounts {
            text = writer.text(
                "wizard.size.amounts",
                ["cpu": .text(amounts.cpu), "memory": .text(amounts.memory), "storage": .text(amounts.storage)]
            )
        } else if size == .custom {
            text = writer.text("wizard.size.customText")
        } else if let spec = draft.template.flatMap({ try? VClusterSpec(validating: $0.spec) }) {
            text = SpecFacts(writer).quota(spec.quota)
        }
        return OptionModel(
            value: size.rawValue,
            label: writer.text("wizard.size.\(size.rawValue)"),
            text: text,
            isSelected: size == draft.size
        )
    }

    private func tags(of template: Template) -> [String] {
        var tags: [String] = []
        if let environment = template.environment.flatMap(VClusterEnvironment.init(rawValue:)) {
            tags.append(writer.text("environment.\(environment.rawValue)"))
        }
        if let quota = try? VClusterSpec(validating: template.spec).quota {
            if let cpu = quota.cpu { tags.append(writer.text("amount.cpu", ["amount": .text(cpu.description)])) }
            if let memory = quota.memory {
                tags.append(writer.text("amount.memory", ["amount": .text(memory.description)]))
            }
        }
        return tags
    }
}

extension WizardFields {
    private func error(_ field: WizardField) -> String? {
        problems.first { $0.field == field }?.text
    }

    private func label(_ field: WizardField) -> String {
        switch field {
        case .templateId: ""
        case .tenantId: writer.text("wizard.name.tenant")
        case .hostId: writer.text("wizard.name.host")
        case .size: writer.text("wizard.size.preset")
        default: writer.text("wizard.\(field.step.rawValue).\(field.rawValue)")
        }
    }

    private func field(
        _ field: WizardField,
        hint: String? = nil,
        placeholder: String? = nil,
        maxLength: Int? = nil,
        isRequired: Bool = false
    ) -> FieldModel {
        FieldModel(
            id: field.rawValue,
            name: field.rawValue,
            label: label(field),
            value: draft.input[field] ?? "",
            hint: hint,
            placeholder: placeholder,
            maxLength: maxLength,
            isRequired: isRequired,
            error: error(field)
        ).described
    }

    private func select(_ field: WizardField, _ options: [OptionModel], hint: String? = nil) -> SelectModel {
        SelectModel(
            id: field.rawValue,
            name: field.rawValue,
            label: label(field),
            options: options,
            hint: hint,
            error: error(field)
        ).described
    }

    /// A list whose first choice leaves the field to the template or the chart.
    private func choice(_ field: WizardField, _ values: [String], prefix: String) -> SelectModel {
        let any = OptionModel(value: "", label: writer.text("wizard.size.asTemplate"))
        let options = values.map { value in
            OptionModel(value: value, label: writer.text("\(prefix).\(value)"), isSelected: value == draft.input[field])
        }
        return select(field, [any] + options)
    }
}
