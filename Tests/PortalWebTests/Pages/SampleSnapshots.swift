import Portal

@testable import PortalWeb

/// Sample models of snapshots.
enum SampleSnapshots {
    static func panel(_ writer: Localizer) -> SnapshotsPanel {
        SnapshotsPanel(
            rows: [
                row("before-upgrade", .ready, "412Mi", "Before Kubernetes 1.34", writer),
                row(
                    "snapshot-20261123-040000",
                    .pending,
                    writer.text("snapshots.estimated", ["amount": "1Gi"]),
                    nil,
                    writer
                ),
                row("broken", .failed, "1Gi", "The pod that was to write the archive failed on host berlin-1.", writer),
            ],
            note: writer.text("snapshots.ownVolume"),
            emptyText: writer.text("snapshots.empty")
        )
    }

    private static func row(
        _ name: String,
        _ state: Snapshot.State,
        _ size: String,
        _ text: String?,
        _ writer: Localizer
    ) -> SnapshotsPanel.Row {
        SnapshotsPanel.Row(
            name: name,
            text: text,
            badge: BadgeModel(writer.text("snapshots.state.\(state.rawValue)"), state.look),
            size: size,
            time: SamplePages.time(9_000, writer),
            author: "Mei Lin",
            restoreHref: state == .ready ? "/snapshots/1/restore" : nil,
            deleteHref: "/snapshots/1/delete",
            restoreLabel: writer.text("snapshots.restoreLabel", ["name": .text(name)]),
            deleteLabel: writer.text("snapshots.deleteLabel", ["name": .text(name)])
        )
    }

    static func restore(_ writer: Localizer) -> SnapshotConfirmPage {
        page("restore", writer, warnings: ["restoreLoss", "restoreStop", "restoreKeeps", "restoreStarts"])
    }

    static func delete(_ writer: Localizer) -> SnapshotConfirmPage {
        page("delete", writer, warnings: ["deleteText"])
    }

    private static func page(_ kind: String, _ writer: Localizer, warnings: [String]) -> SnapshotConfirmPage {
        let names: [String: MessageArgument] = ["name": "before-upgrade", "vcluster": "payments-dev"]
        let isRestore = kind == "restore"
        return SnapshotConfirmPage(
            title: writer.text("snapshots.\(kind)Title", names),
            lead: writer.text("snapshots.\(kind)Lead", names),
            crumbs: [LinkModel(href: "/vclusters", label: "payments-dev")],
            vclusterHref: "/vclusters/1",
            refusal: isRestore
                ? NoticeModel(tone: "bad", icon: "failed", title: writer.text("snapshots.refused"), text: "No room.")
                : nil,
            facts: [
                FactModel(name: writer.text("snapshots.fact.taken"), time: SamplePages.time(9_000, writer)),
                FactModel(
                    name: writer.text("snapshots.fact.storage"),
                    value: writer.text("snapshots.storage.ownVolume")
                ),
            ],
            warnings: warnings.map { writer.text("snapshots.\($0)") },
            action: "/snapshots/1/\(kind)",
            submit: writer.text("snapshots.\(kind)Submit"),
            version: isRestore ? "\"3\"" : "",
            isDanger: !isRestore
        )
    }
}
