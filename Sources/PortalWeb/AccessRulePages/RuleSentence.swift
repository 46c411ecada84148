import Portal

extension Localizer {
    /// What a rule says of an action before it is known on which vcluster.
    func text(_ outlook: AccessRestriction.Outlook) -> String {
        switch outlook {
        case .passes: text("rules.outlook.passes")
        case .depends: text("rules.outlook.depends")
        case .refuses(until: nil): text("rules.outlook.refuses")
        case .refuses(until: let end?): text("rules.outlook.refusesUntil", ["time": .text(time(end).absolute)])
        }
    }

    /// A rule as a sentence, such as “Nobody may delete vclusters in Production.”, in the reader's language.
    ///
    /// - Parameters:
    ///   - rule: What the rule says.
    ///   - names: The names of whom and what it is about; what has none is described.
    /// - Returns: The sentence with its full stop.
    func sentence(_ rule: AccessRuleContent, _ names: AccessRuleNames) -> String {
        let kind = rule.effect == .deny ? "deny" : "allow"
        let parts = conditions(rule.conditions, names)
        let conditions = parts.isEmpty ? "" : text("rules.conditions.\(kind)", ["items": .text(joined(parts, "comma"))])
        let actions = rule.permissions.map { text("rules.action.\($0.rawValue)") }
        var arguments: [String: MessageArgument] = [
            "actions": .text(joined(actions, rule.effect == .deny ? "or" : "and")), "conditions": .text(conditions),
        ]
        guard rule.subject != .all else { return text("rules.sentence.\(kind)All", arguments) }
        arguments["subject"] = .text(subject(rule.subject, names))
        return text("rules.sentence.\(kind)", arguments)
    }

    /// Whom a rule is about, as the subject of a sentence.
    private func subject(_ subject: AccessSubject, _ names: AccessRuleNames) -> String {
        switch subject {
        case .all: return text("rules.whom.all")
        case .role(let role):
            let own = role.customID.map { names.roles[$0] ?? text("form.unknown") } ?? role.description
            return text("rules.subject.role", ["role": .text(roleName(role, own))])
        case .group(let id):
            return text("rules.subject.group", ["group": .text(names.groups[id] ?? text("form.unknown"))])
        case .user(let id): return names.users[id]?.name ?? text("rules.subject.user")
        }
    }

    private func conditions(_ conditions: AccessConditions, _ names: AccessRuleNames) -> [String] {
        var parts: [String] = []
        if !conditions.environments.isEmpty {
            let environments = VClusterEnvironment.allCases.filter(conditions.environments.contains).map {
                text("environment.\($0.rawValue)")
            }
            parts.append(text("rules.condition.environments", ["items": .text(joined(environments, "or"))]))
        }
        if !conditions.labels.isEmpty {
            let labels = conditions.labels.labelTexts
            parts.append(text("rules.condition.labels", ["items": .text(joined(labels, "and"))]))
        }
        if !conditions.hostIDs.isEmpty {
            let hosts = conditions.hostIDs.map { names.hosts[$0] ?? text("form.unknown") }.sorted()
            parts.append(text("rules.condition.hosts", ["items": .text(joined(hosts, "or"))]))
        }
        if let window = conditions.window { parts.append(self.window(window)) }
        return parts
    }

    private func window(_ window: AccessWindow) -> String {
        let days = AccessWindow.Day.allCases.filter(window.days.contains)
        let isEveryDay = days.count == AccessWindow.Day.allCases.count
        let names = days.map { text("rules.day.\($0.rawValue)") }
        let isWhole = window.fromMinute == 0 && window.toMinute == 1440
        let endsNextDay = window.toMinute <= window.fromMinute
        let time = text(
            isWhole
                ? "rules.window.days" : endsNextDay ? "rules.window.night" : "rules.window.hours",
            [
                "days": .text(isEveryDay ? text("rules.day.every") : daysText(days, names)),
                "from": .text(window.fromText), "to": .text(window.toText), "zone": .text(window.timeZone),
            ]
        )
        return text(window.isOutside ? "rules.condition.outside" : "rules.condition.window", ["window": .text(time)])
    }

    /// Three days or more that follow each other are a range.
    private func daysText(_ days: [AccessWindow.Day], _ names: [String]) -> String {
        let all = AccessWindow.Day.allCases
        if days.count > 2, let first = days.first.flatMap(all.firstIndex(of:)),
            Array(all.dropFirst(first).prefix(days.count)) == days
        {
            return text("rules.day.range", ["first": .text(names[0]), "last": .text(names[names.count - 1])])
        }
        return text("rules.day.some", ["items": .text(joined(names, "and"))])
    }

    /// “a, b and c”.
    func joined(_ items: [String], _ word: String) -> String {
        guard items.count > 1, let last = items.last else { return items.first ?? "" }
        let comma = text("rules.join.comma")
        if word == "comma" { return items.joined(separator: comma) }
        let list = items.dropLast().joined(separator: comma)
        return text("rules.join.\(word)", ["items": .text(list), "last": .text(last)])
    }
}
