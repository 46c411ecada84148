import Portal

/// What a form of a rule offers and belongs to.
struct RuleFormScene: Sendable {
    /// Where the rule lives.
    let tenant: Tenant
    /// The visible ancestors and the tenant itself.
    let lineage: [Tenant]
    /// The rule that is changed; nil for a new one.
    let rule: AccessRule?
    /// Whom it may be about; what the reader does not see is missing.
    let roles: [RoleDefinition]
    let groups: [Group]
    let hosts: [Host]
    let names: AccessRuleNames
    let mayChange: Bool
}

extension RuleFormPage {
    /// The ids of the inputs by the fields of the domain's errors.
    private static let ids = [
        "name": "rule-name", "description": "rule-description", "effect": "rule-effect",
        "permissions": "rule-permissions", "subject": "rule-whom", "email": "rule-email",
        "conditions": "rule-environments", "conditions.environments": "rule-environments",
        "conditions.labels": "rule-labels", "conditions.hostIds": "rule-hosts", "conditions.window.days": "rule-days",
        "conditions.window.from": "rule-from", "conditions.window.to": "rule-to",
        "conditions.window.timeZone": "rule-timeZone",
    ]

    /// The form with what is typed in it.
    ///
    /// - Parameters:
    ///   - scene: What it offers.
    ///   - form: What is typed.
    ///   - preview: What it would say; nil to tell what the rule says.
    ///   - refused: Why it, or the removal, was refused.
    ///   - writer: Writes for the reader.
    init(
        _ scene: RuleFormScene,
        _ form: RuleForm,
        preview: AccessRuleContent?,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let fields = Fields(form: form, refused: refused.flatMap { $0.name == "rule" ? $0 : nil }, writer: writer)
        let rule = scene.rule
        title = rule?.content.name ?? writer.text("rules.newTitle")
        crumbs = [
            LinkModel(
                href: Route.tenantPage(scene.tenant.id).path,
                label: TenantNames(scene.lineage).path(scene.tenant.id) ?? scene.tenant.name
            ),
            LinkModel(href: Route.tenantPageRules(scene.tenant.id).path, label: writer.text("rules.title")),
        ]
        action = rule.map { Route.accessRulePage($0.id).path } ?? Route.tenantPageRuleNew(scene.tenant.id).path
        sentence = Self.sentence(scene, preview, writer)
        errorSummary = fields.refused.map { Self.summary(of: $0, writer) }
        name = fields.field("name", lengthMax: PortalLimits.AccessRules.nameLengthMax, isRequired: true)
        description = fields.field("description", lengthMax: PortalLimits.AccessRules.descriptionLengthMax)
        effects = AccessEffect.allCases.map { effect in
            OptionModel(
                value: effect.rawValue,
                label: writer.text("rules.effect.\(effect.rawValue)"),
                text: writer.text("rules.effectText.\(effect.rawValue)"),
                isSelected: form["effect"] == effect.rawValue
            )
        }
        permissions = fields.boxes("permissions", "permission", error: "permissions") {
            Permission.ruled.map { ($0.rawValue, writer.text($0)) }
        }
        whom = fields.whom(scene)
        email = fields.field("email", type: "email", lengthMax: PortalLimits.Identity.emailLengthMax)
        environments = fields.boxes("environments", isSmall: true, "environment", error: "conditions.environments") {
            VClusterEnvironment.allCases.map { ($0.rawValue, writer.text("environment.\($0.rawValue)")) }
        }
        labels = fields.field("labels", error: "conditions.labels")
        hosts = fields.boxes("hosts", isSmall: true, "host", error: "conditions.hostIds") {
            scene.hosts.map { ($0.id.description, $0.name) }
        }
        days = fields.boxes("days", isSmall: true, "day", error: "conditions.window.days") {
            AccessWindow.Day.allCases.map { ($0.rawValue, writer.text("rules.day.\($0.rawValue)")) }
        }
        hours = [
            fields.field("from", type: "time", error: "conditions.window.from"),
            fields.field("to", type: "time", error: "conditions.window.to"),
            fields.field("timeZone", error: "conditions.window.timeZone"),
        ]
        isOutside = form["outside"] == "true"
        isEnabled = form["enabled"] == "true"
        version = rule.map { fields.refused?.value("version") ?? $0.etag.description }
        submit = writer.text(rule == nil ? "rules.create" : "rules.save")
        mayChange = scene.mayChange
        menus = scene.mayChange ? rule.map { [Self.removal($0, refused, writer)] } ?? [] : []
    }

    /// The errors, each with the label of its field: there are many, and most of them say the same when they are empty.
    private static func summary(of refused: RefusedForm, _ writer: Localizer) -> ErrorSummaryModel {
        var ids = Self.ids
        for error in refused.error.fields where ids[error.field] == nil {
            // A part of a field, such as one label.
            let whole = Self.ids.keys.filter { error.field.isPart(of: $0) }.max { $0.count < $1.count }
            if let whole { ids[error.field] = Self.ids[whole] }
        }
        var summary = refused.summary(ids, writer)
        summary.items = summary.items.map { item in
            let name = item.href?.split(separator: "-").last.map(String.init)
            guard let label = name.flatMap({ writer.textIfPresent($0 == "whom" ? "rules.whomLabel" : "rules.\($0)") })
            else { return item }
            let text = writer.text("rules.problem", ["field": .text(label), "text": .text(item.text)])
            return .init(text: text, href: item.href)
        }
        return summary
    }

    private static func sentence(
        _ scene: RuleFormScene,
        _ preview: AccessRuleContent?,
        _ writer: Localizer
    ) -> NoticeModel? {
        guard let content = preview ?? scene.rule?.content else { return nil }
        let key = preview == nil ? (content.isEnabled ? "rules.says" : "rules.saysOff") : "rules.wouldSay"
        return NoticeModel(
            tone: StatusLook.note.tone,
            icon: StatusLook.note.icon,
            title: writer.sentence(content, scene.names),
            text: writer.text(key)
        )
    }

    private static func removal(_ rule: AccessRule, _ refused: RefusedForm?, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("rules.delete"),
            icon: "trash",
            action: Route.accessRulePageDelete(rule.id).path,
            submit: writer.text("rules.delete"),
            text: writer.text("rules.deleteText", ["name": .text(rule.content.name)]),
            isDanger: true
        ).refused(refused, named: "delete", writer)
    }

    /// Makes the inputs.
    private struct Fields {
        let form: RuleForm
        let refused: RefusedForm?
        let writer: Localizer

        func field(
            _ name: String,
            type: String = "text",
            lengthMax: Int? = nil,
            isRequired: Bool = false,
            error: String? = nil
        ) -> FieldModel {
            FieldModel(
                id: "rule-\(name)",
                name: name,
                label: writer.text("rules.\(name)"),
                value: form[name],
                type: type,
                hint: writer.textIfPresent("rules.\(name)Hint"),
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
        ) -> Boxes {
            let ticked = form.ticked(name)
            return Boxes(
                id: "rule-\(id)",
                name: name,
                legend: writer.text("rules.\(id)"),
                hint: writer.textIfPresent("rules.\(id)Hint"),
                options: options().map {
                    OptionModel(value: $0.value, label: $0.label, isSelected: ticked.contains($0.value))
                },
                error: problem(error),
                isSmall: isSmall
            )
        }

        func whom(_ scene: RuleFormScene) -> SelectModel {
            let chosen = form[RuleForm.Name.whom]
            var options = [("all", writer.text("rules.whom.all"))]
            options += scene.roles.map { role in
                let name = writer.roleName(role.reference, role.name)
                return ("role:\(role.reference)", writer.text("rules.whom.role", ["role": .text(name)]))
            }
            options += scene.groups.map {
                ("group:\($0.id)", writer.text("rules.whom.group", ["group": .text($0.name)]))
            }
            options.append((RuleForm.Name.person, writer.text("rules.whom.user")))
            if !options.contains(where: { $0.0 == chosen }), !chosen.isEmpty {
                options.append((chosen, writer.text("rules.unknown")))
            }
            return SelectModel(
                id: "rule-whom",
                name: RuleForm.Name.whom,
                label: writer.text("rules.whomLabel"),
                options: options.map { OptionModel(value: $0.0, label: $0.1, isSelected: $0.0 == chosen) },
                error: problem("subject")
            ).described
        }

        /// What is wrong with a field or with a part of it, such as one label.
        private func problem(_ field: String) -> String? {
            let error = refused?.error.fields.first { $0.field == field || $0.field.isPart(of: field) }
            return error.map { writer.text($0) }
        }
    }
}

extension String {
    /// Whether a field of an error is inside of another, such as `labels["tier"]` of `labels`.
    fileprivate func isPart(of field: String) -> Bool {
        hasPrefix(field + ".") || hasPrefix(field + "[")
    }
}
