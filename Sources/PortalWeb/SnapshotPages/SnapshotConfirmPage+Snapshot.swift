import Portal

extension SnapshotConfirmPage {
    /// The page for a reader.
    init(
        _ question: Question,
        _ snapshot: Snapshot,
        of vcluster: VCluster,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let names: [String: MessageArgument] = ["name": .text(snapshot.name), "vcluster": .text(vcluster.name)]
        let isRestore = question == .restore
        title = writer.text("snapshots.\(question.rawValue)Title", names)
        lead = writer.text("snapshots.\(question.rawValue)Lead", names)
        vclusterHref = Route.vclusterPage(vcluster.id).path
        crumbs = [
            LinkModel(href: Route.vclustersPage.path, label: writer.text("vclusters.title")),
            LinkModel(href: vclusterHref, label: vcluster.name),
        ]
        refusal = refused.map { form in
            NoticeModel(
                .bad,
                title: writer.text("snapshots.refused"),
                text: form.summary([:], writer).title
            )
        }
        facts = Self.facts(snapshot, of: vcluster, writer)
        warnings = isRestore ? Self.warnings(snapshot, of: vcluster, writer) : [writer.text("snapshots.deleteText")]
        action =
            isRestore
            ? Route.snapshotPageRestore(snapshot.id).path : Route.snapshotPageDelete(snapshot.id).path
        submit = writer.text("snapshots.\(question.rawValue)Submit")
        version = isRestore ? vcluster.etag.description : ""
        isDanger = !isRestore
    }

    private static func facts(_ snapshot: Snapshot, of vcluster: VCluster, _ writer: Localizer) -> [FactModel] {
        func name(_ key: String) -> String { writer.text("snapshots.fact.\(key)") }
        return [
            FactModel(name: name("taken"), time: writer.time(snapshot.createdAt)),
            FactModel(name: name("author"), value: writer.author(of: snapshot)),
            FactModel(name: name("size"), value: writer.size(of: snapshot)),
            FactModel(name: name("storage"), value: writer.text("snapshots.storage.\(snapshot.storage.rawValue)")),
            snapshot.kubernetesVersion.map { FactModel(name: name("kubernetes"), value: $0) },
            snapshot.description.isEmpty ? nil : FactModel(name: name("description"), value: snapshot.description),
        ].compactMap { $0 }
    }

    private static func warnings(_ snapshot: Snapshot, of vcluster: VCluster, _ writer: Localizer) -> [String] {
        var warnings = ["restoreLoss", "restoreStop", "restoreKeeps"].map { writer.text("snapshots.\($0)") }
        if vcluster.phase == .suspended { warnings.append(writer.text("snapshots.restoreStarts")) }
        if let then = snapshot.kubernetesVersion, let now = vcluster.kubernetesVersion, then != now {
            let versions: [String: MessageArgument] = ["then": .text(then), "now": .text(now)]
            warnings.append(writer.text("snapshots.restoreVersions", versions))
        }
        return warnings
    }
}
