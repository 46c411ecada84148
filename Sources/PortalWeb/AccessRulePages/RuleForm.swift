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
        for environment in conditions.environments { input.add("environment", environment.rawValue) }
        let labels = conditions.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        input.add("labels", labels.joined(separator: "\n"))
        for host in conditions.hostIDs { input.add("host", host.description) }
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
    subscript(name: String) -> String { input.first(named: name) ?? "" }

    /// What is ticked of some boxes.
    func ticked(_ name: String) -> Set<String> { Set(input.all(named: name)) }

    /// What the form says, as the domain takes it.
    ///
    /// - Parameter person: The user whose e-mail is in the form; nil when it is about no single person.
    /// - Returns: The schema `AccessRuleCreate` without its tenant.
    /// - Throws: `PortalError` `.invalidArgument` on `conditions.labels`.
    func json(person: AccessSubject?) throws(PortalError) -> JSONValue {
        var conditions: JSONObject = [
            "environments": Self.list(input.all(named: "environment")), "hostIds": Self.list(input.all(named: "host")),
            "labels": try labels(),
        ]
        if let window { conditions["window"] = window }
        return [
            "name": .string(self["name"]), "description": .string(self["description"]),
            "effect": .string(self["effect"]), "permissions": Self.list(input.all(named: "permission")),
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
        let days = input.all(named: "day")
        let (from, to) = (self["from"], self["to"])
        guard !days.isEmpty || !from.isEmpty || !to.isEmpty else { return nil }
        var window: JSONObject = [
            "timeZone": .string(self["timeZone"]), "outside": .bool(self["outside"] == "true"),
        ]
        if !days.isEmpty { window["days"] = Self.list(days) }
        if !from.isEmpty { window["from"] = .string(from) }
        // From midnight to midnight is the whole day.
        if !to.isEmpty { window["to"] = .string(to == "00:00" ? "24:00" : to) }
        return .object(window)
    }

    /// One `key=value` a line.
    func labels() throws(PortalError) -> JSONValue {
        var labels: JSONObject = [:]
        for typed in self["labels"].split(whereSeparator: \.isNewline) {
            // Neither keys nor values have spaces, and people like to write some.
            let line = typed.filter { !$0.isWhitespace }
            if line.isEmpty { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .invalid(
                    "conditions.labels",
                    FieldErrorCode.invalidValue,
                    "must be one key=value a line: \(line)"
                )
            }
            labels[String(parts[0])] = .string(String(parts[1]))
        }
        return .object(labels)
    }

    private static func list(_ values: [String]) -> JSONValue {
        .array(values.map { .string($0) })
    }
}
