import JSON
import Portal

extension Localizer {
    /// What is wrong with a field, in the reader's language.
    ///
    /// The domain writes English; another language says what the code means, which is less but can be read.
    func text(_ error: FieldError) -> String {
        // What is not typed but chosen is not filled in.
        if error.code == FieldErrorCode.required, let text = textIfPresent("requiredField.\(error.field)") {
            return text
        }
        if error.code == FieldErrorCode.required || language != .english,
            let text = textIfPresent("fieldError.\(error.code)")
        {
            return text
        }
        return Self.sentence(error.message)
    }

    /// What an error says, in the reader's language.
    func text(_ error: PortalError) -> String {
        if error.code == .quotaExceeded, let text = quotaText(error.extensions) { return text }
        if error.code == .forbidden, let text = ruleText(error.extensions) { return text }
        if let text = lockText(error) { return text }
        guard language != .english else { return error.message }
        if let shortage = error.underlying as? HostShortage { return text(shortage) }
        if let text = conflictText(error) { return text }
        return textIfPresent("errors.message.\(error.code.rawValue)") ?? error.message
    }

    /// That an account is locked after wrong passwords, and how long; nil for other errors.
    func lockText(_ error: PortalError) -> String? {
        guard error.code == .rateLimited, error.extensions["lockedUntil"] != nil else { return nil }
        return text("signIn.locked", ["wait": .text(wait(error))])
    }

    /// When it is worth trying again.
    func wait(_ error: PortalError) -> String {
        duration(seconds: max(1, Int(error.retryAfter?.components.seconds ?? 60)))
    }

    /// The refusal of a quota from the members of its problem document; nil when one is missing.
    private func quotaText(_ members: JSONObject) -> String? {
        guard let tenant = members["level"]?["tenantName"]?.string, let name = members["dimension"]?.string,
            let reason = members["reason"]?.string
        else { return nil }
        func amount(_ member: String) -> MessageArgument {
            .text(members[member].map { $0.string ?? $0.description } ?? "")
        }
        let sentence = textIfPresent(
            "quota.breaks.\(reason)",
            [
                "level": .text(tenant), "resource": .text(textIfPresent("quota.dimensionName.\(name)") ?? name),
                "limit": amount("limit"), "used": amount("used"), "requested": amount("requested"),
                "missing": amount("missing"),
            ]
        )
        guard let sentence else { return nil }
        let contacts = members["contacts"]?.array?.compactMap(\.string) ?? []
        let asked =
            contacts.isEmpty
            ? text("quota.askAbove", ["tenant": .text(tenant)]) : contacts.joined(separator: text("quota.askOr"))
        return "\(sentence) \(text("quota.ask", ["contacts": .text(asked)]))"
    }

    /// The refusal of an access rule, and when it ends in the reader's own time; nil for other errors.
    private func ruleText(_ members: JSONObject) -> String? {
        guard let name = members["rule"]?["name"]?.string else { return nil }
        guard let end = members["endsAt"]?.string.flatMap(RFC3339.parse) else {
            return text("errors.rule", ["name": .text(name)])
        }
        return text("errors.ruleUntil", ["name": .text(name), "time": .text(time(end).absolute)])
    }

    /// What stands against archiving or moving a tenant; nil for other errors.
    private func conflictText(_ error: PortalError) -> String? {
        if let state = error.extensions["state"]?.string, let word = textIfPresent("requests.state.\(state)") {
            return text("requests.notWaiting", ["state": .text(word)])
        }
        func number(_ name: String) -> Int? { error.extensions[name]?.int.map { Int(clamping: $0) } }
        if let loans = number("openLoans") { return count("loans.inTheWay", loans) }
        guard let tenants = number("liveTenants"), let vclusters = number("liveVClusters") else { return nil }
        return text(
            "tenant.notEmpty",
            ["tenants": .number(tenants), "vclusters": .number(vclusters), "holds": .number(number("openHolds") ?? 0)]
        )
    }

    /// What a host does not have for a change.
    private func text(_ shortage: HostShortage) -> String {
        let dimension = shortage.dimension
        return text(
            "hosts.breaks.\(shortage.rule.rawValue)",
            [
                "host": .text(shortage.hostName), "resource": .text(text(dimension)),
                "limit": .text(dimension.readable(shortage.limit)), "used": .text(dimension.readable(shortage.used)),
                "requested": .text(dimension.readable(shortage.requested)),
                "missing": .text(dimension.readable(max(0, shortage.missing))),
            ]
        )
    }

    /// A reason in words; a word that no catalogue knows is shown as it is.
    func reason(_ reason: String) -> String {
        textIfPresent("reason.\(reason)") ?? reason
    }

    /// What to try after a failure; nil when there is nothing to say.
    func hint(_ reason: String?) -> String? {
        reason.flatMap { textIfPresent("hint.\($0)") }
    }

    /// A message that begins with a small letter and ends without a full stop, as a sentence.
    private static func sentence(_ message: String) -> String {
        guard let first = message.first else { return "" }
        let text = first.uppercased() + message.dropFirst()
        return text.hasSuffix(".") ? text : text + "."
    }
}
