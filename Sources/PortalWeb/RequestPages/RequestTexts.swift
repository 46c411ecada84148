import Portal

extension Localizer {
    /// What a request is about, such as “Create web-prod”.
    func title(_ request: ApprovalRequest) -> String {
        text("requests.verb.\(request.verb.rawValue)", ["name": .text(request.vclusterName)])
    }

    /// Whom a step asks.
    func text(_ step: ApprovalStep, _ names: ApprovalNames) -> String {
        switch step.approvers {
        case .role(let role):
            let own = role.customID.map { names.roles[$0] ?? text("form.unknown") } ?? role.description
            let arguments: [String: MessageArgument] = [
                "role": .text(roleName(role, own)), Message.pluralArgument: .number(step.quorum),
            ]
            return text("policies.step.role", arguments)
        case .users(let ids):
            let people = ids.map { names.users[$0]?.name ?? text("form.unknown") }
            let list = people.joined(separator: text("rules.join.comma"))
            guard step.quorum < ids.count else { return text("policies.step.everybody", ["people": .text(list)]) }
            let arguments: [String: MessageArgument] = [
                "people": .text(list), Message.pluralArgument: .number(step.quorum),
            ]
            return text("policies.step.users", arguments)
        }
    }
}

extension BadgeModel {
    /// The state of a request.
    init(_ state: ApprovalRequest.State, _ writer: Localizer) {
        self.init(writer.text("requests.state.\(state.rawValue)"), state.look)
    }
}

extension ApprovalRequest.State {
    /// How the state looks.
    var look: StatusLook {
        switch self {
        case .pending: .wait
        case .executed: .good
        case .failed, .rejected: .bad
        case .cancelled, .expired: .cancelled
        }
    }
}

extension ApprovalEntry.Kind {
    /// How the entry looks.
    var look: StatusLook {
        switch self {
        case .approve: .good
        case .reject: .bad
        case .comment: .note
        case .cancel: .cancelled
        }
    }
}
