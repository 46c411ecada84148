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
    /// The names of the inputs by the fields of the domain's errors.
    private static let inputs = [
        "name": "name", "description": "description", "effect": "effect", "permissions": "permissions",
        "subject": "whom", "email": "email", "conditions": "environments", "conditions.environments": "environments",
        "conditions.labels": "labels", "conditions.hostIds": "hosts", "conditions.window.days": "days",
        "conditions.window.from": "from", "conditions.window.to": "to", "conditions.window.timeZone": "timeZone",
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
        let own = refused.flatMap { $0.name == "rule" ? $0 : nil }
        let fields = FormFields(input: form.input, refused: own, id: "rule", texts: "rules", writer: writer)
        let list = LinkModel(href: Route.tenantPageRules(scene.tenant.id).path, label: writer.text("rules.title"))
        let rule = scene.rule
        title = rule?.content.name ?? writer.text("rules.newTitle")
        crumbs = .to(scene.tenant, TenantNames(scene.lineage), list: list)
        action = rule.map { Route.accessRulePage($0.id).path } ?? Route.tenantPageRuleNew(scene.tenant.id).path
        sentence = Self.sentence(scene, preview, writer)
        errorSummary = fields.summary(Self.inputs)
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
        permissions = fields.boxes(
            "permissions",
            name: "permission",
            Permission.ruled.map { ($0.rawValue, writer.text($0)) },
            isSmall: false,
            error: "permissions"
        )
        whom = fields.whom(scene)
        email = fields.field("email", type: "email", lengthMax: PortalLimits.Identity.emailLengthMax)
        environments = fields.environments()
        labels = fields.labels()
        hosts = fields.hosts(scene.hosts)
        days = fields.boxes(
            "days",
            name: "day",
            AccessWindow.Day.allCases.map { ($0.rawValue, writer.text("rules.day.\($0.rawValue)")) },
            error: "conditions.window.days"
        )
        hours = [
            fields.field("from", type: "time", error: "conditions.window.from"),
            fields.field("to", type: "time", error: "conditions.window.to"),
            fields.field("timeZone", error: "conditions.window.timeZone"),
        ]
        isOutside = form["outside"] == "true"
        isEnabled = form["enabled"] == "true"
        version = rule.map { own?.value("version") ?? $0.etag.description }
        submit = writer.text(rule == nil ? "rules.create" : "rules.save")
        mayChange = scene.mayChange
        menus = [scene.mayChange ? rule : nil].compactMap(\.self).map { rule in
            let action = Route.accessRulePageDelete(rule.id)
            return .removal("rules", of: rule.content.name, action: action, refused, writer)
        }
    }

    private static func sentence(
        _ scene: RuleFormScene,
        _ preview: AccessRuleContent?,
        _ writer: Localizer
    ) -> NoticeModel? {
        guard let content = preview ?? scene.rule?.content else { return nil }
        let key = preview == nil ? (content.isEnabled ? "rules.says" : "rules.saysOff") : "rules.wouldSay"
        return NoticeModel(.note, title: writer.sentence(content, scene.names), text: writer.text(key))
    }
}

extension FormFields {
    fileprivate func whom(_ scene: RuleFormScene) -> SelectModel {
        var options = [("all", writer.text("rules.whom.all"))] + roleOptions(scene.roles)
        options += scene.groups.map {
            ("group:\($0.id)", writer.text("rules.whom.group", ["group": .text($0.name)]))
        }
        options.append((RuleForm.Name.person, writer.text("rules.whom.user")))
        return select(RuleForm.Name.whom, options, problem: problem("subject"))
    }
}
