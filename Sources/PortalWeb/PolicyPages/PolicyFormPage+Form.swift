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
    /// The names of the inputs by the fields of the domain's errors.
    private static let inputs: [String: String] = {
        var inputs = [
            "conditions": "environments", "conditions.environments": "environments", "conditions.labels": "labels",
            "conditions.hostIds": "hosts", "conditions.templateIds": "templates", "steps": "asks-0",
        ]
        for name in ["name", "description", "verbs", "position", "holdHours", "expiryHours"] { inputs[name] = name }
        for dimension in PolicyForm.dimensions {
            inputs["conditions.above.\(dimension.name)"] = "above-\(dimension.name)"
        }
        for index in 0..<PortalLimits.Approvals.stepsMax {
            inputs["steps[\(index)]"] = "asks-\(index)"
            inputs["steps[\(index)].role"] = "asks-\(index)"
            inputs["steps[\(index)].users"] = "people-\(index)"
            inputs["steps[\(index)].quorum"] = "quorum-\(index)"
        }
        return inputs
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
        let fields = FormFields(input: form.input, refused: own, id: "policy", texts: "policies", writer: writer)
        let list = LinkModel(href: Route.tenantPagePolicies(scene.tenant.id).path, label: writer.text("policies.title"))
        let policy = scene.policy
        title = policy?.content.name ?? writer.text("policies.newTitle")
        crumbs = .to(scene.tenant, TenantNames(scene.lineage), list: list)
        action =
            policy.map { Route.approvalPolicyPage($0.id).path } ?? Route.tenantPagePolicyNew(scene.tenant.id).path
        sentence = policy.map { policy in
            NoticeModel(
                .note,
                title: writer.sentence(policy.content, scene.names),
                text: writer.text(policy.content.isEnabled ? "policies.says" : "policies.saysOff")
            )
        }
        errorSummary = fields.summary(Self.inputs)
        name = fields.field("name", lengthMax: PortalLimits.Approvals.nameLengthMax, isRequired: true)
        description = fields.field("description", lengthMax: PortalLimits.Approvals.descriptionLengthMax)
        verbs = fields.boxes(
            "verbs",
            name: "verb",
            ApprovalVerb.allCases.map { ($0.rawValue, writer.text("policies.verbName.\($0.rawValue)")) },
            error: "verbs"
        )
        environments = fields.environments()
        labels = fields.labels()
        hosts = fields.hosts(scene.hosts)
        templates = fields.boxes(
            "templates",
            name: "template",
            scene.templates.map { ($0.id.description, $0.name) },
            error: "conditions.templateIds"
        )
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
        menus = [scene.mayChange ? policy : nil].compactMap(\.self).map { policy in
            let action = Route.approvalPolicyPageDelete(policy.id)
            return .removal("policies", of: policy.content.name, action: action, refused, writer)
        }
    }
}

extension FormFields {
    fileprivate func step(_ index: Int, _ scene: PolicyFormScene) -> PolicyFormPage.Step {
        let field = "steps[\(index)]"
        var options = index == 0 ? [] : [("", writer.text("policies.noStep"))]
        options += roleOptions(scene.roles) + [(PolicyForm.people, writer.text("policies.peopleChoice"))]
        return PolicyFormPage.Step(
            legend: writer.text("policies.stepNumber", ["number": .text(NumberText.grouped(index + 1))]),
            // The parts of a step have inputs of their own.
            asks: select(
                "asks-\(index)",
                options,
                problem: problem(field + ".role") ?? refused?.problem(field, writer)
            ),
            quorum: self.field("quorum-\(index)", error: field + ".quorum"),
            people: self.field("people-\(index)", error: field + ".users")
        )
    }
}
