import Portal

extension RuleExplainPage {
    /// The question, and its answer when it was asked.
    init(
        _ scene: RuleExplainScene,
        _ form: RuleForm,
        _ answer: (explanation: AccessExplanation, names: AccessRuleNames)?,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let places = TenantNames(scene.lineage)
        let list = LinkModel(href: Route.tenantPageRules(scene.tenant.id).path, label: writer.text("rules.title"))
        let fields = FormFields(input: form.input, refused: refused, id: "explain", texts: "rules.ask", writer: writer)
        title = writer.text("rules.explainTitle")
        lead = writer.text("rules.explainLead", ["name": .text(scene.tenant.name)])
        crumbs = .to(scene.tenant, places, list: list)
        action = Route.tenantPageRulesExplain(scene.tenant.id).path
        let inputs = ["email", "permission", "vcluster", "environment", "host", "labels", "at"].map { ($0, $0) }
        errorSummary = fields.summary(
            Dictionary(inputs + [("conditions.labels", "labels")], uniquingKeysWith: { first, _ in first })
        )
        email = scene.mayAskForOthers ? fields.field("email", type: "email") : nil
        labels = fields.labels()
        time = fields.field("at", type: "datetime-local")
        selects = fields.choices(scene)
        self.answer = answer.map { Answer($0.explanation, $0.names, places, writer) }
    }
}

extension FormFields {
    fileprivate func choices(_ scene: RuleExplainScene) -> [SelectModel] {
        func select(_ name: String, _ options: [(value: String, label: String)]) -> SelectModel {
            self.select(name, options, problem: nil)
        }
        return [
            select("permission", Permission.ruled.map { ($0.rawValue, writer.text($0)) }),
            select(
                "vcluster",
                [("", writer.text("rules.ask.idea"))] + scene.vclusters.map { ($0.id.description, $0.name) }
            ),
            select(
                "environment",
                VClusterEnvironment.allCases.map { ($0.rawValue, writer.text("environment.\($0.rawValue)")) }
            ),
            select(
                "host",
                [("", writer.text("wizard.name.hostAny"))] + scene.hosts.map { ($0.id.description, $0.name) }
            ),
        ]
    }
}

extension RuleExplainPage.Answer {
    fileprivate init(
        _ explanation: AccessExplanation,
        _ names: AccessRuleNames,
        _ places: TenantNames,
        _ writer: Localizer
    ) {
        let isAllowed = explanation.isAllowed
        let look: StatusLook = isAllowed ? .good : .bad
        let key = isAllowed ? "allowed" : explanation.grants.isEmpty ? "noRole" : "refused"
        verdict = NoticeModel(
            look,
            title: writer.text("rules.answer.\(key)"),
            text: writer.text("rules.answer.at", ["time": .text(writer.time(explanation.time).absolute)])
        )
        roles = explanation.grants.map { grant in
            let place = places.path(grant.tenantID)
            let role = writer.roleName(grant.role, grant.roleName)
            return RuleExplainPage.Role(
                text: writer.text(
                    "access.byRole",
                    ["role": .text(role), "tenant": .text(place ?? writer.text("tenant.furtherUp"))]
                ),
                href: place == nil ? nil : Route.tenantPage(grant.tenantID).path
            )
        }
        noRoles = roles.isEmpty ? writer.text("rules.answer.noRoles") : nil
        rules = explanation.decision.findings.map { finding in
            RuleExplainPage.Rule(finding, names, isVisible: places.path(finding.rule.tenantID) != nil, writer)
        }
        noRules = rules.isEmpty ? writer.text("rules.answer.noRules") : nil
    }
}

extension RuleExplainPage.Rule {
    fileprivate init(
        _ finding: AccessDecision.Finding,
        _ names: AccessRuleNames,
        isVisible: Bool,
        _ writer: Localizer
    ) {
        let content = finding.rule.content
        let failing = finding.failing.map { writer.text("rules.failing.\($0.rawValue)") }
        let (key, look): (String, StatusLook) =
            switch finding.verdict {
            case .refuses: ("refuses", .bad)
            case .passes: ("passes", .good)
            case .unconcerned: ("unconcerned", .idle)
            }
        let reason: String
        switch finding.verdict {
        case .refuses(until: let end?):
            reason = writer.text("rules.reason.until", ["time": .text(writer.time(end).absolute)])
        case .unconcerned: reason = writer.text(content.isEnabled ? "rules.reason.unconcerned" : "rules.reason.off")
        case .passes, .refuses:
            let items = failing.joined(separator: writer.text("rules.join.comma"))
            reason =
                failing.isEmpty
                ? writer.text("rules.reason.all") : writer.text("rules.reason.failing", ["items": .text(items)])
        }
        self.init(
            name: content.name,
            href: isVisible ? Route.accessRulePage(finding.rule.id).path : nil,
            sentence: writer.sentence(content, names),
            badge: BadgeModel(writer.text("rules.verdict.\(key)"), look),
            reason: reason
        )
    }
}
