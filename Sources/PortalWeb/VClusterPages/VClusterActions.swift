import Portal

/// What a reader can do with a vcluster now: the phase allows it, a role permits it, and no access rule refuses it.
struct VClusterActions: Sendable {
    private let vcluster: VCluster
    private let permissions: Set<Permission>
    private let refusals: [Permission: PortalError]

    /// The actions of a reader.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster.
    ///   - caller: The reader.
    ///   - refusals: What access rules take away, see `AccessRuleService.refusals(on:as:)`.
    init(_ vcluster: VCluster, caller: Caller, refusals: [Permission: PortalError] = [:]) {
        self.vcluster = vcluster
        permissions = caller.permissions(onPath: vcluster.tenantPath)
        self.refusals = refusals
    }

    /// Whether the size can be changed.
    var canScale: Bool { allows(.scale, .vclustersUpdate) && refusals[.vclustersUpdate] == nil }

    /// Whether another one like it can be made beside it.
    var canClone: Bool { allowsClone && refusals[.vclustersCreate] == nil }

    private var allowsClone: Bool {
        vcluster.phase != .deleting && vcluster.phase != .deleted && permissions.contains(.vclustersCreate)
    }

    /// Whether a snapshot can be taken.
    var canSnapshot: Bool { allows(.snapshot, .vclustersSnapshot) && refusals[.vclustersSnapshot] == nil }

    /// An action that needs no form.
    private struct Plain {
        let action: VClusterAction
        let form: Route.VClusterPageAction
        let permission: Permission
        let icon: String
        let isPrimary: Bool
    }

    /// The actions that need no form, as far as phase and roles allow them.
    private var plain: [Plain] {
        [
            Plain(action: .retry, form: .retry, permission: .vclustersUpdate, icon: "retry", isPrimary: true),
            Plain(action: .undelete, form: .undelete, permission: .vclustersDelete, icon: "undo", isPrimary: true),
            Plain(
                action: .resume,
                form: .resume,
                permission: .vclustersSuspend,
                icon: "play",
                isPrimary: vcluster.phase == .suspended
            ),
            Plain(action: .suspend, form: .suspend, permission: .vclustersSuspend, icon: "pause", isPrimary: false),
        ].filter { allows($0.action, $0.permission) }
    }

    /// The permission that rules look at: trying again asks about what is tried again.
    private func ruled(_ plain: Plain) -> Permission? {
        plain.action == .retry ? nil : plain.permission
    }

    /// The buttons of the actions that need no form.
    func buttons(_ writer: Localizer) -> [VClusterPage.ActionButton] {
        plain.filter { ruled($0).flatMap { refusals[$0] } == nil }.map { plain in
            VClusterPage.ActionButton(
                action: Route.vclusterPageAction(plain.form, vcluster.id).path,
                label: writer.text("actions.\(plain.form.rawValue)"),
                icon: plain.icon,
                isPrimary: plain.isPrimary
            )
        }
    }

    /// What phase and roles allow and a rule refuses, with the rule as the reason.
    func blocked(_ writer: Localizer) -> [VClusterPage.BlockedAction] {
        var blocked: [VClusterPage.BlockedAction] = []
        func add(_ kind: String, icon: String, _ permission: Permission?) {
            guard let refusal = permission.flatMap({ refusals[$0] }) else { return }
            blocked.append(
                .init(
                    id: "blocked-\(kind)",
                    label: writer.text("actions.\(kind)"),
                    icon: icon,
                    reason: writer.text(refusal)
                )
            )
        }
        for each in plain { add(each.form.rawValue, icon: each.icon, ruled(each)) }
        if allows(.scale, .vclustersUpdate) { add("scale", icon: "scale", .vclustersUpdate) }
        if allows(.snapshot, .vclustersSnapshot) { add("snapshot", icon: "snapshot", .vclustersSnapshot) }
        if allowsClone { add("clone", icon: "copy", .vclustersCreate) }
        if let kind = deletion { add(kind, icon: "trash", .vclustersDelete) }
        return blocked
    }

    /// What the button that deletes does; nil when phase or roles do not allow it.
    private var deletion: String? {
        if allows(.purge, .vclustersDelete) { return "purge" }
        guard allows(.delete, .vclustersDelete) else { return nil }
        return vcluster.phase == .pending ? "deletePending" : "delete"
    }

    /// The form that deletes, or ends the grace period of what is deleted already.
    func deleteForm(_ writer: Localizer) -> VClusterPage.DeleteForm? {
        guard let kind = deletion, refusals[.vclustersDelete] == nil else { return nil }
        let choices: [GracePeriod] = kind == "purge" ? [.none] : kind == "delete" ? GracePeriod.allCases : []
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

    private func allows(_ action: VClusterAction, _ permission: Permission) -> Bool {
        vcluster.phase.allows(action) && permissions.contains(permission)
    }
}
