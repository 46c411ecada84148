import Portal

/// What a reader can do with a vcluster now: the phase allows it, and a role permits it.
struct VClusterActions: Sendable {
    private let vcluster: VCluster
    private let permissions: Set<Permission>

    /// The actions of a reader.
    init(_ vcluster: VCluster, caller: Caller) {
        self.vcluster = vcluster
        permissions = caller.permissions(onPath: vcluster.tenantPath)
    }

    /// Whether the size can be changed.
    var canScale: Bool { can(.scale, .vclustersUpdate) }

    /// Whether another one like it can be made beside it.
    var canClone: Bool {
        vcluster.phase != .deleting && vcluster.phase != .deleted && permissions.contains(.vclustersCreate)
    }

    /// The actions that need no form.
    func buttons(_ writer: Localizer) -> [VClusterPage.ActionButton] {
        let all: [(VClusterAction, Route.VClusterPageAction, Permission, icon: String, isPrimary: Bool)] = [
            (.retry, .retry, .vclustersUpdate, "retry", true),
            (.undelete, .undelete, .vclustersDelete, "undo", true),
            (.resume, .resume, .vclustersSuspend, "play", vcluster.phase == .suspended),
            (.suspend, .suspend, .vclustersSuspend, "pause", false),
        ]
        return all.filter { can($0.0, $0.2) }.map { _, action, _, icon, isPrimary in
            VClusterPage.ActionButton(
                action: Route.vclusterPageAction(action, vcluster.id).path,
                label: writer.text("actions.\(action.rawValue)"),
                icon: icon,
                isPrimary: isPrimary
            )
        }
    }

    /// The form that deletes, or ends the grace period of what is deleted already.
    func deleteForm(_ writer: Localizer) -> VClusterPage.DeleteForm? {
        let isPurge = can(.purge, .vclustersDelete)
        guard isPurge || can(.delete, .vclustersDelete) else { return nil }
        let isPending = vcluster.phase == .pending
        let kind = isPurge ? "purge" : isPending ? "deletePending" : "delete"
        let choices: [GracePeriod] = isPurge ? [.none] : isPending ? [] : GracePeriod.allCases
        return VClusterPage.DeleteForm(
            action: Route.vclusterPageAction(.delete, vcluster.id).path,
            summary: writer.text("actions.\(kind)"),
            text: writer.text("actions.\(kind)Text", ["name": .text(vcluster.name)]),
            submit: writer.text("actions.\(kind)"),
            gracePeriods: choices.map { choice in
                OptionModel(
                    value: choice.rawValue,
                    label: writer.text("actions.\(choice.rawValue)"),
                    text: writer.text("actions.\(choice.rawValue)Text"),
                    isSelected: choice == choices.first
                )
            }
        )
    }

    private func can(_ action: VClusterAction, _ permission: Permission) -> Bool {
        vcluster.phase.allows(action) && permissions.contains(permission)
    }
}
