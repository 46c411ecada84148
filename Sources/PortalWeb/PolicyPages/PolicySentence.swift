import Portal

extension Localizer {
    /// A policy as sentences: what waits, for whom, for how long, and what is held meanwhile.
    func sentence(_ policy: ApprovalPolicyContent, _ names: ApprovalNames) -> String {
        let verbs = joined(policy.verbs.map { text("policies.verbName.\($0.rawValue)") }, "or")
        let conditions = conditions(policy.conditions, names)
        let steps = policy.steps.map { text($0, names) }.joined(separator: text("policies.then"))
        var sentences = [
            text(
                conditions.isEmpty ? "policies.sentence" : "policies.sentenceWhen",
                [
                    "verbs": .text(verbs), "conditions": .text(joined(conditions, "and")),
                    "steps": .text(steps),
                ]
            )
        ]
        if let hours = policy.holdHours {
            sentences.append(text("policies.holds", ["time": .text(duration(seconds: hours * 3600))]))
        }
        sentences.append(text("policies.expires", ["time": .text(duration(seconds: policy.expiryHours * 3600))]))
        return sentences.joined(separator: text("policies.space"))
    }

    private func conditions(_ conditions: ApprovalConditions, _ names: ApprovalNames) -> [String] {
        func part(_ key: String, _ items: [String], _ word: String = "or") -> String? {
            items.isEmpty ? nil : text("policies.condition.\(key)", ["items": .text(joined(items, word))])
        }
        let environments = VClusterEnvironment.allCases.filter(conditions.environments.contains)
        let labels = conditions.labels.labelTexts
        let amounts = conditions.above.sorted { $0.key < $1.key }.map { dimension, amount in
            text("policies.amount", ["name": .text(text(dimension)), "amount": .text(dimension.readable(amount))])
        }
        let unknown = text("form.unknown")
        return [
            part("environments", environments.map { text("environment.\($0.rawValue)") }),
            part("labels", labels, "and"),
            part("hosts", conditions.hostIDs.map { names.hosts[$0] ?? unknown }.sorted()),
            part("templates", conditions.templateIDs.map { names.templates[$0] ?? unknown }.sorted()),
            part("above", amounts),
        ].compactMap(\.self)
    }
}
