/// What policies look at in a change of a vcluster.
struct ApprovalQuestion: Sendable {
    /// The vcluster as far as policies look at it.
    struct State: Sendable {
        /// Environment, labels and host.
        var attributes: AccessAttributes
        /// What it takes of the quotas, or will.
        var amounts: QuotaAmounts
        /// What it takes, or would, while it runs.
        var whole: QuotaAmounts
    }

    /// What is done: the verb, and the deletion as well when the change makes the vcluster expire sooner.
    var verbs: [ApprovalVerb]
    /// The template that the vcluster comes from.
    var templateID: TemplateID?
    /// The vcluster before; nil for one that is made.
    var before: State?
    /// The vcluster after.
    var after: State

    /// What it takes more of each dimension; never negative.
    var growth: QuotaAmounts {
        let was = before?.amounts ?? .zero
        return after.amounts.largest(was) - was
    }
}

extension ApprovalPolicyContent {
    /// Whether a change has to wait for this policy.
    ///
    /// A change of a vcluster is looked at with what it was and with what it becomes, so nobody relabels one out of a
    /// policy. And who scales or changes one into what they could not have made without approval needs that approval.
    func asks(about question: ApprovalQuestion) -> Bool {
        guard isEnabled else { return false }
        let (before, after) = (question.before, question.after)
        if question.verbs.contains(where: verbs.contains), conditions.exceeded(by: after.amounts, from: before?.amounts)
        {
            let states = [after, before].compactMap(\.self)
            if states.contains(where: { conditions.hold(for: $0.attributes, template: question.templateID) }) {
                return true
            }
        }
        let changes = question.verbs.contains(.scale) || question.verbs.contains(.update)
        guard let before, changes, verbs.contains(.create) else { return false }
        func couldNotBeMade(_ state: ApprovalQuestion.State) -> Bool {
            conditions.exceeded(by: state.whole, from: nil)
                && conditions.hold(for: state.attributes, template: question.templateID)
        }
        return couldNotBeMade(after) && !couldNotBeMade(before)
    }
}
