import HTTPCore
import JSON
import Portal

/// The form of a rule: what is typed in it, and what that says.
struct RuleForm: Sendable {
    /// The names of the inputs.
    enum Name {
        static let whom = "whom"
        static let email = "email"
        static let person = "user"
    }

    /// What is typed; a box that is not ticked is not there.
    let input: QueryItems

    /// A form as it was sent.
    init(_ input: QueryItems) {
        self.input = input
    }

    /// The form of a rule; without one that of a new rule.
    init(_ rule: AccessRuleContent?, _ names: AccessRuleNames, timeZone: String) {
        var input = QueryItems()
        input.add("name", rule?.name ?? "")
        input.add("description", rule?.description ?? "")
        input.add("effect", (rule?.effect ?? .deny).rawValue)
        for permission in rule?.permissions ?? [] { input.add("permission", permission.rawValue) }
        switch rule?.subject ?? .all {
        case .user(let id):
            input.add(Name.whom, Name.person)
            input.add(Name.email, names.users[id]?.email ?? "")
        case let subject:
            input.add(Name.whom, [subject.kind, subject.reference].compactMap(\.self).joined(separator: ":"))
        }
        let conditions = rule?.conditions ?? .none
        input.add(environments: conditions.environments, labels: conditions.labels, hosts: conditions.hostIDs)
        if let window = conditions.window {
            for day in window.days { input.add("day", day.rawValue) }
            if window.fromMinute > 0 || window.toMinute < 1440 {
                input.add("from", window.fromText)
                // A field of the type `time` has no 24:00.
                input.add("to", window.toMinute == 1440 ? "00:00" : window.toText)
            }
            if window.isOutside { input.add("outside", "true") }
        }
        input.add("timeZone", conditions.window?.timeZone ?? timeZone)
        if rule?.isEnabled != false { input.add("enabled", "true") }
        self.input = input
    }

    /// What is typed in one input.
    subscript(name: String) -> String { input.text(name) }

    /// What the form says, as the domain takes it.
    ///
    /// - Parameter person: The user whose e-mail is in the form; nil when it is about no single person.
    /// - Returns: The schema `AccessRuleCreate` without its tenant.
    /// - Throws: `PortalError` `.invalidArgument` on `conditions.labels`.
    func json(person: AccessSubject?) throws(PortalError) -> JSONValue {
        var conditions: JSONObject = [
            "environments": input.ticked("environment"), "hostIds": input.ticked("host"), "labels": try input.labels(),
        ]
        if let window { conditions["window"] = window }
        return [
            "name": .string(self["name"]), "description": .string(self["description"]),
            "effect": .string(self["effect"]), "permissions": input.ticked("permission"),
            "subject": person?.json ?? subject, "conditions": .object(conditions),
            "enabled": .bool(self["enabled"] == "true"),
        ]
    }

    private var subject: JSONValue {
        let parts = self[Name.whom].split(separator: ":", maxSplits: 1)
        guard let kind = parts.first else { return .null }
        return ["kind": .string(String(kind)), "reference": parts.count > 1 ? .string(String(parts[1])) : .null]
    }

    /// nil when neither a day nor a time is given: the time does not matter.
    private var window: JSONValue? {
        let days = input.ticked("day")
        let (from, to) = (self["from"], self["to"])
        guard days != [] || !from.isEmpty || !to.isEmpty else { return nil }
        var window: JSONObject = [
            "timeZone": .string(self["timeZone"]), "outside": .bool(self["outside"] == "true"),
        ]
        if days != [] { window["days"] = days }
        if !from.isEmpty { window["from"] = .string(from) }
        // From midnight to midnight is the whole day.
        if !to.isEmpty { window["to"] = .string(to == "00:00" ? "24:00" : to) }
        return .object(window)
    }
}
