import HTTPCore
import JSON
import Portal

/// The form of a policy: what is typed in it, and what that says.
struct PolicyForm: Sendable {
    /// What a step asks when it names people.
    static let people = "people"
    /// The dimensions that the form has a field for; the API takes every one.
    static let dimensions: [QuotaDimension] = [.cpu, .memory, .storage, .gpus]

    /// What is typed; a box that is not ticked is not there.
    let input: QueryItems

    /// A form as it was sent.
    init(_ input: QueryItems) {
        self.input = input
    }

    /// The form of a policy; without one that of a new policy.
    init(_ policy: ApprovalPolicyContent?, _ names: ApprovalNames) {
        var input = QueryItems()
        input.add("name", policy?.name ?? "")
        input.add("description", policy?.description ?? "")
        input.add("position", policy?.position.map(String.init) ?? "")
        for verb in policy?.verbs ?? [.create, .scale, .update] { input.add("verb", verb.rawValue) }
        let conditions = policy?.conditions ?? .none
        input.add(environments: conditions.environments, labels: conditions.labels, hosts: conditions.hostIDs)
        for template in conditions.templateIDs { input.add("template", template.description) }
        for dimension in Self.dimensions {
            input.add("above-\(dimension.name)", conditions.above[dimension].map { dimension.text($0) } ?? "")
        }
        for (index, step) in (policy?.steps ?? [Self.firstStep]).enumerated() {
            switch step.approvers {
            case .role(let role): input.add("asks-\(index)", "role:\(role)")
            case .users(let ids):
                input.add("asks-\(index)", Self.people)
                input.add("people-\(index)", ids.compactMap { names.users[$0]?.email }.joined(separator: "\n"))
            }
            input.add("quorum-\(index)", String(step.quorum))
        }
        input.add("holdHours", policy?.holdHours.map(String.init) ?? "")
        input.add("expiryHours", String(policy?.expiryHours ?? PortalLimits.Approvals.expiryHoursDefault))
        if policy?.isEnabled != false { input.add("enabled", "true") }
        self.input = input
    }

    private static let firstStep = ApprovalStep(approvers: .role(.builtIn(.manager)), quorum: 1)

    /// What is typed in one input.
    subscript(name: String) -> String { input.text(name) }

    /// How many steps the form shows: those that are filled in and one more.
    var stepsShown: Int {
        let filled = (0..<PortalLimits.Approvals.stepsMax).last { !self["asks-\($0)"].isEmpty } ?? -1
        return min(filled + 2, PortalLimits.Approvals.stepsMax)
    }

    /// The e-mails that a step names, one a line.
    func emails(_ index: Int) -> [String] {
        guard self["asks-\(index)"] == Self.people else { return [] }
        return self["people-\(index)"].split { $0.isNewline || $0 == "," || $0 == ";" }
            .map { String($0).filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    /// What the form says, as the domain takes it.
    ///
    /// - Parameters:
    ///   - users: The users by their e-mails.
    ///   - before: The policy that is changed: what the form has no field for stays.
    /// - Returns: The schema `ApprovalPolicyCreate` without its tenant.
    /// - Throws: `PortalError` `.invalidArgument` on `conditions.labels`.
    func json(users: [String: UserID], over before: ApprovalPolicyContent?) throws(PortalError) -> JSONValue {
        var above = JSONObject()
        for (dimension, amount) in before?.conditions.above ?? [:] where !Self.dimensions.contains(dimension) {
            above[dimension.name] = dimension.json(amount)
        }
        for dimension in Self.dimensions where !self["above-\(dimension.name)"].isEmpty {
            above[dimension.name] = .string(self["above-\(dimension.name)"])
        }
        let conditions: JSONValue = [
            "environments": input.ticked("environment"), "hostIds": input.ticked("host"),
            "templateIds": input.ticked("template"), "labels": try input.labels(), "above": .object(above),
        ]
        var object: JSONObject = [
            "name": .string(self["name"]), "description": .string(self["description"]),
            "verbs": input.ticked("verb"), "conditions": conditions, "steps": steps(users),
            "holdHours": number("holdHours"), "enabled": .bool(self["enabled"] == "true"),
        ]
        if !self["expiryHours"].isEmpty { object["expiryHours"] = number("expiryHours") }
        if !self["position"].isEmpty { object["position"] = number("position") }
        return .object(object)
    }

    private func steps(_ users: [String: UserID]) -> JSONValue {
        .array(
            (0..<PortalLimits.Approvals.stepsMax).compactMap { index -> JSONValue? in
                let asks = self["asks-\(index)"]
                guard !asks.isEmpty else { return nil }
                let quorum: JSONValue = self["quorum-\(index)"].isEmpty ? 1 : number("quorum-\(index)")
                if asks == Self.people {
                    return ["users": .array(emails(index).compactMap { users[$0]?.json }), "quorum": quorum]
                }
                return ["role": .string(String(asks.dropFirst("role:".count))), "quorum": quorum]
            }
        )
    }

    /// A whole number as one, nothing as null; another text stays one, so that the domain says what is wrong with it.
    private func number(_ name: String) -> JSONValue {
        self[name].isEmpty ? .null : VClusterScaleForm.number(self[name])
    }
}
