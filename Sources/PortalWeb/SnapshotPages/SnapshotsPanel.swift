import Portal

/// The snapshots of a vcluster on its page: what there is, and what can be done with it now.
struct SnapshotsPanel: Sendable {
    let rows: [Row]
    /// Where the archives are and what that means; nil when there is nothing to fear.
    let note: String?
    let emptyText: String

    /// One snapshot.
    struct Row: Sendable {
        let name: String
        let text: String?
        let badge: BadgeModel
        let size: String
        let time: TimeText
        let author: String
        let restoreHref: String?
        let deleteHref: String?
        /// What the links say to who cannot see the row.
        let restoreLabel: String
        let deleteLabel: String
    }
}

extension SnapshotsPanel {
    /// What a refusal of the form is called.
    static let takeForm = "takeSnapshot"

    /// The panel for a reader.
    ///
    /// - Parameters:
    ///   - snapshots: Newest first.
    ///   - vcluster: The vcluster that they are of.
    ///   - storage: Where archives of its host go.
    ///   - permissions: What the reader may do with the vcluster, without what access rules take away now.
    ///   - writer: Writes for the reader.
    init(
        _ snapshots: [Snapshot],
        of vcluster: VCluster,
        storage: SnapshotStorage.Kind,
        permissions: Set<Permission>,
        _ writer: Localizer
    ) {
        let mayTake = permissions.contains(.vclustersSnapshot)
        let isAtRest = !vcluster.phase.isTransitional && vcluster.phase != .deleted
        let mayRestore = vcluster.phase.allows(.restore) && permissions.contains(.vclustersRestore)
        rows = snapshots.map { snapshot in
            Row(
                snapshot,
                canRestore: mayRestore && snapshot.state == .ready,
                canDelete: mayTake && isAtRest,
                writer
            )
        }
        let isOwn = storage == .ownVolume || snapshots.contains { $0.storage == .ownVolume }
        note = isOwn ? writer.text("snapshots.ownVolume") : nil
        emptyText = writer.text("snapshots.empty")
    }

    /// The form that takes one.
    static func form(of vcluster: VCluster, _ refused: RefusedForm?, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("snapshots.take"),
            icon: "snapshot",
            action: Route.vclusterPageSnapshots(vcluster.id).path,
            submit: writer.text("snapshots.takeSubmit"),
            text: writer.text("snapshots.takeText"),
            fields: [
                FieldModel(
                    id: "snapshot-name",
                    name: "name",
                    label: writer.text("snapshots.name"),
                    value: "snapshot-\(VClusterService.stamp(writer.now))",
                    hint: writer.text("snapshots.nameHint"),
                    autocomplete: "off",
                    maxLength: PortalLimits.Snapshots.nameLengthMax,
                    isRequired: true
                ).described,
                FieldModel(
                    id: "snapshot-description",
                    name: "description",
                    label: writer.text("snapshots.description"),
                    optional: writer.text("wizard.optional"),
                    autocomplete: "off",
                    maxLength: PortalLimits.Snapshots.descriptionLengthMax
                ).described,
            ]
        ).refused(refused, named: takeForm, writer)
    }
}

extension SnapshotsPanel.Row {
    fileprivate init(_ snapshot: Snapshot, canRestore: Bool, canDelete: Bool, _ writer: Localizer) {
        let texts = [snapshot.description, snapshot.message].filter { !$0.isEmpty }
        self.init(
            name: snapshot.name,
            text: texts.isEmpty ? nil : texts.joined(separator: " · "),
            badge: BadgeModel(writer.text("snapshots.state.\(snapshot.state.rawValue)"), snapshot.state.look),
            size: writer.size(of: snapshot),
            time: writer.time(snapshot.createdAt),
            author: writer.author(of: snapshot),
            restoreHref: canRestore ? Route.snapshotPageRestore(snapshot.id).path : nil,
            deleteHref: canDelete ? Route.snapshotPageDelete(snapshot.id).path : nil,
            restoreLabel: writer.text("snapshots.restoreLabel", ["name": .text(snapshot.name)]),
            deleteLabel: writer.text("snapshots.deleteLabel", ["name": .text(snapshot.name)])
        )
    }
}

extension Localizer {
    /// How large a snapshot is, or what it counts while nobody knows.
    func size(of snapshot: Snapshot) -> String {
        let amount = QuotaDimension.snapshotStorage.readable(snapshot.sizeBytes ?? snapshot.reservedBytes)
        return snapshot.sizeBytes == nil ? text("snapshots.estimated", ["amount": .text(amount)]) : amount
    }

    /// Who took a snapshot.
    func author(of snapshot: Snapshot) -> String {
        snapshot.createdByName.isEmpty ? text("operations.byPortal") : snapshot.createdByName
    }
}

extension Snapshot.State {
    /// How the state looks.
    var look: StatusLook {
        switch self {
        case .pending, .deleting: .busy
        case .ready: .good
        case .failed: .bad
        }
    }
}
