import Portal

/// What a form of a policy offers and belongs to.
struct PolicyFormScene: Sendable {
    /// Where the policy lives.
    let tenant: Tenant
    /// The visible ancestors and the tenant itself.
    let lineage: [Tenant]
    /// The policy that is changed; nil for a new one.
    let policy: ApprovalPolicy?
    /// The roles that can be asked; what the reader does not see is missing.
    let roles: [RoleDefinition]
    let hosts: [Portal.Host]
    let templates: [Template]
    let names: ApprovalNames
    let mayChange: Bool
}

extension PolicyFormPage {
    /// The ids of the inputs by the fields of the domain's errors.
    private static let ids: [String: String] = {
        var ids = [
            "conditions": "policy-environments", "conditions.environments": "policy-environments",
            "conditions.labels": "policy-labels", "conditions.hostIds": "policy-hosts",
            "conditions.templateIds": "policy-templates", "steps": "policy-asks-0",
        ]
        for name in ["name", "description", "verbs", "position", "holdHours", "expiryHours"] {
            ids[name] = "policy-\(name)"
        }
        for dimension in PolicyForm.dimensions {
            ids["conditions.above.\(dimension.name)"] = "policy-above-\(dimension.name)"
        }
        for index in 0..<PortalLimits.Approvals.stepsMax {
            ids["steps[\(index)]"] = "policy-asks-\(index)"
            ids["steps[\(index)].role"] = "policy-asks-\(index)"
            ids["steps[\(index)].users"] = "policy-people-\(index)"
            ids["steps[\(index)].quorum"] = "policy-quorum-\(index)"
        }
        return ids
    }()

    /// The form with what is typed in it.
    ///
    /// - Parameters:
    ///   - scene: What it offers.
    ///   - form: What is typed.
    ///   - refused: Why it, or the removal, was refused.
    ///   - writer: Writes for the reader.
    init(_ scene: PolicyFormScene, _ form: PolicyForm, refused: RefusedForm?, _ writer: Localizer) {
        let own = refused.flatMap { $0.name == "policy" ? $0 : nil }
        let fields = Fields(form: form, refused: own, writer: writer)
        let policy = scene.policy
        title = policy?.content.name ?? writer.text("policies.newTitle")
        crumbs = [
            LinkModel(
                href: Route.tenantPage(scene.tenant.id).path,
                label: TenantNames(scene.lineage).path(scene.tenant.id) ?? scene.tenant.name
            ),
            LinkModel(href: Route.tenantPagePolicies(scene.tenant.id).path, label: writer.text("policies.title")),
        ]
        action =
            policy.map { Route.approvalPolicyPage($0.id).path } ?? Route.tenantPagePolicyNew(scene.tenant.id).path
        sentence = policy.map { policy in
            NoticeModel(
                tone: StatusLook.note.tone,
                icon: StatusLook.note.icon,
                title: writer.sentence(policy.content, scene.names),
                text: writer.text(policy.content.isEnabled ? "policies.says" : "policies.saysOff")
            )
        }
        errorSummary = own?.summary(Self.ids, writer)
        name = fields.field("name", lengthMax: PortalLimits.Approvals.nameLengthMax, isRequired: true)
        description = fields.field("description", lengthMax: PortalLimits.Approvals.descriptionLengthMax)
        verbs = fields.boxes("verbs", isSmall: true, "verb", error: "verbs") {
            ApprovalVerb.allCases.map { ($0.rawValue, writer.text("policies.verbName.\($0.rawValue)")) }
        }
        environments = fields.boxes("environments", isSmall: true, "environment", error: "conditions.environments") {
            VClusterEnvironment.allCases.map { ($0.rawValue, writer.text("environment.\($0.rawValue)")) }
        }
        labels = fields.field("labels", error: "conditions.labels")
        hosts = fields.boxes("hosts", isSmall: true, "host", error: "conditions.hostIds") {
            scene.hosts.map { ($0.id.description, $0.name) }
        }
        templates = fields.boxes("templates", isSmall: true, "template", error: "conditions.templateIds") {
            scene.templates.map { ($0.id.description, $0.name) }
        }
        amounts = PolicyForm.dimensions.map { dimension in
            fields.field(
                "above-\(dimension.name)",
                label: writer.text(dimension),
                error: "conditions.above.\(dimension.name)"
            )
        }
        steps = (0..<form.stepsShown).map { fields.step($0, scene) }
        times = [fields.field("holdHours"), fields.field("expiryHours"), fields.field("position")]
        isEnabled = form["enabled"] == "true"
        version = policy.map { own?.value("version") ?? $0.etag.description }
        submit = writer.text(policy == nil ? "policies.create" : "policies.save")
        mayChange = scene.mayChange
        menus = scene.mayChange ? policy.map { [Self.removal($0, refused, writer)] } ?? [] : []
    }

    private static func removal(
        _ policy: ApprovalPolicy,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("policies.delete"),
            icon: "trash",
            action: Route.approvalPolicyPageDelete(policy.id).path,
            submit: writer.text("policies.delete"),
            text: writer.text("policies.deleteText", ["name": .text(policy.content.name)]),
            isDanger: true
        ).refused(refused, named: "delete", writer)
    }

    /// Makes the inputs.
    private struct Fields {
        let form: PolicyForm
        let refused: RefusedForm?
        let writer: Localizer

        func field(
            _ name: String,
            label: String? = nil,
            lengthMax: Int? = nil,
            isRequired: Bool = false,
            error: String? = nil
        ) -> FieldModel {
            FieldModel(
                id: "policy-\(name)",
                name: name,
                label: label ?? writer.text("policies.\(name)"),
                value: form[name],
                hint: writer.textIfPresent("policies.\(name)Hint"),
                autocomplete: "off",
                maxLength: lengthMax,
                isRequired: isRequired,
                error: problem(error ?? name)
            ).described
        }

        func boxes(
            _ id: String,
            isSmall: Bool = false,
            _ name: String,
            error: String,
            _ options: () -> [(value: String, label: String)]
        ) -> RuleFormPage.Boxes {
            let ticked = form.ticked(name)
            return RuleFormPage.Boxes(
                id: "policy-\(id)",
                name: name,
                legend: writer.text("policies.\(id)"),
                hint: writer.textIfPresent("policies.\(id)Hint"),
                options: options().map {
                    OptionModel(value: $0.value, label: $0.label, isSelected: ticked.contains($0.value))
                },
                error: problem(error),
                isSmall: isSmall
            )
        }

        func step(_ index: Int, _ scene: PolicyFormScene) -> Step {
            let chosen = form["asks-\(index)"]
            var options = index == 0 ? [] : [("", writer.text("policies.noStep"))]
            options += scene.roles.map { role in
                let name = writer.roleName(role.reference, role.name)
                return ("role:\(role.reference)", writer.text("rules.whom.role", ["role": .text(name)]))
            }
            options.append((PolicyForm.people, writer.text("policies.peopleChoice")))
            if !chosen.isEmpty, !options.contains(where: { $0.0 == chosen }) {
                options.append((chosen, writer.text("rules.unknown")))
            }
            let number = NumberText.grouped(index + 1)
            return Step(
                legend: writer.text("policies.stepNumber", ["number": .text(number)]),
                asks: SelectModel(
                    id: "policy-asks-\(index)",
                    name: "asks-\(index)",
                    label: writer.text("policies.asks"),
                    options: options.map { OptionModel(value: $0.0, label: $0.1, isSelected: $0.0 == chosen) },
                    error: problem("steps[\(index)].role") ?? problem("steps[\(index)]")
                ).described,
                quorum: input("quorum", index, error: "quorum"),
                people: input("people", index, error: "users")
            )
        }

        private func input(_ name: String, _ index: Int, error: String) -> FieldModel {
            FieldModel(
                id: "policy-\(name)-\(index)",
                name: "\(name)-\(index)",
                label: writer.text("policies.\(name)"),
                value: form["\(name)-\(index)"],
                hint: writer.textIfPresent("policies.\(name)Hint"),
                autocomplete: "off",
                error: problem("steps[\(index)].\(error)")
            ).described
        }

        /// What is wrong with a field or with a part of it, such as one label.
        private func problem(_ field: String) -> String? {
            let error = refused?.error.fields.first { $0.field == field || $0.field.hasPrefix(field + "[") }
            return error.map { writer.text($0) }
        }
    }
}
