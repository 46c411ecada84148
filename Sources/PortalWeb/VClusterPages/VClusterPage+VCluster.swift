import Portal

extension VClusterPage {
    /// What the page is made of.
    struct Parts: Sendable {
        let vcluster: VCluster
        /// Newest first.
        let events: [VClusterEvent]
        /// Newest first.
        let operations: [Operation]
        /// The names from the outermost visible tenant to the owner.
        let tenant: String
        /// Newest first.
        let snapshots: [Snapshot]
        /// Where archives of its host go.
        let storage: SnapshotStorage.Kind
        /// The scale form that came back with errors.
        let scaling: VClusterScaleForm?
        /// The other form that came back.
        var refused: RefusedForm?
        /// What access rules refuse the reader now.
        var refusals: [Permission: PortalError] = [:]

        /// The operation that is changing the vcluster now.
        var activeOperation: Operation? {
            vcluster.activeOperationID.flatMap { id in operations.first { $0.id == id } }
        }
    }

    /// The page for a reader.
    init(_ parts: Parts, caller: Caller, _ writer: Localizer) {
        let vcluster = parts.vcluster
        let actions = VClusterActions(vcluster, caller: caller, refusals: parts.refusals)
        title = vcluster.name
        href = Route.vclusterPage(vcluster.id).path
        watchHref = "\(Route.vclustersWatch.path)?tenantId=\(vcluster.tenantID)"
        name = vcluster.name
        tenant = parts.tenant
        var tenantQuery = VClusterListQuery()
        tenantQuery.tenantID = vcluster.tenantID
        tenantHref = tenantQuery.href
        phase = vcluster.phase.rawValue
        badge = BadgeModel(writer.text("phase.\(vcluster.phase.rawValue)"), vcluster.phase.look)
        buttons = actions.buttons(writer)
        blocked = actions.blocked(writer)
        // A form that was refused stays, whatever the reader may do by now: it has what was typed.
        scale = actions.canScale || parts.scaling != nil ? ScaleForm(vcluster, parts.scaling, writer) : nil
        let isCloning = parts.refused?.name == VClusterCloneForm.name
        clone = actions.canClone || isCloning ? VClusterCloneForm.model(of: vcluster, parts.refused, writer) : nil
        let isTaking = parts.refused?.name == SnapshotsPanel.takeForm
        takeSnapshot =
            actions.canSnapshot || isTaking ? SnapshotsPanel.form(of: vcluster, parts.refused, writer) : nil
        delete = actions.deleteForm(writer)
        errorSummary = parts.refused.flatMap { Self.buttonForms.contains($0.name) ? $0.summary([:], writer) : nil }
        notices = Self.notices(parts, writer)
        conditions = vcluster.conditions.map { Condition($0, writer) }
        conditionsNote = Self.conditionsNote(vcluster, writer)
        spec = SpecFacts(writer).facts(of: vcluster)
        generation = writer.text("vcluster.generation", ["generation": .text(String(vcluster.generation))])
        snapshots = SnapshotsPanel(
            parts.snapshots,
            of: vcluster,
            storage: parts.storage,
            permissions: caller.permissions(onPath: vcluster.tenantPath).subtracting(parts.refusals.keys),
            writer
        )
        events = parts.events.map { Event($0, parts.operations, writer) }
        endpoint = vcluster.endpoint
        let mayConnect = caller.has(.vclustersKubeconfig, onPath: vcluster.tenantPath)
        let refusal = parts.refusals[.vclustersKubeconfig].map { writer.text($0) }
        kubeconfig = vcluster.phase == .running && mayConnect && refusal == nil ? Kubeconfig(vcluster) : nil
        noAccess = kubeconfig == nil ? Self.noAccess(vcluster, mayConnect: mayConnect, refusal, writer) : nil
        details = Self.details(parts, writer)
        labels = vcluster.labels.labelTexts
        operations = parts.operations.map { OperationRow($0, tenant: nil, writer) }
    }

    /// The forms that are nothing but a button, or a choice behind one: their refusal is said above the page.
    private static let buttonForms: Set = ["suspend", "resume", "retry", "undelete", "delete"]

    private static func noAccess(
        _ vcluster: VCluster,
        mayConnect: Bool,
        _ refusal: String?,
        _ writer: Localizer
    ) -> String {
        if !mayConnect { return writer.text("vcluster.noPermission") }
        if vcluster.phase == .running, let refusal { return refusal }
        return writer.text(vcluster.phase == .suspended ? "vcluster.suspended" : "vcluster.notRunning")
    }

    private static func conditionsNote(_ vcluster: VCluster, _ writer: Localizer) -> String? {
        guard vcluster.observedGeneration != vcluster.generation else { return nil }
        return writer.text(
            "vcluster.observed",
            [
                "observed": .text(String(vcluster.observedGeneration)),
                "generation": .text(String(vcluster.generation)),
            ]
        )
    }

    private static func details(_ parts: Parts, _ writer: Localizer) -> [FactModel] {
        let vcluster = parts.vcluster
        func name(_ key: String) -> String { writer.text("vcluster.fact.\(key)") }
        let simulated = vcluster.isSimulated ? writer.text("simulated") : nil
        return [
            FactModel(name: name("tenant"), value: parts.tenant),
            FactModel(name: name("host"), value: vcluster.hostName, tag: simulated),
            FactModel(
                name: name("environment"),
                value: writer.text("environment.\(vcluster.environment.rawValue)")
            ),
            FactModel(name: name("qosClass"), value: writer.text("qos.\(vcluster.qosClass.rawValue)")),
            FactModel(name: name("created"), time: writer.time(vcluster.createdAt)),
            FactModel(name: name("updated"), time: writer.time(vcluster.updatedAt)),
            vcluster.expiresAt.map { FactModel(name: name("expires"), time: writer.time($0)) },
            FactModel(name: name("namespace"), value: vcluster.namespace),
            vcluster.release == vcluster.name ? nil : FactModel(name: name("release"), value: vcluster.release),
            FactModel(name: name("id"), value: vcluster.id.description),
        ].compactMap { $0 }
    }
}

extension VClusterPage.Condition {
    /// A condition that holds looks good, except for drift, where the good news is that there is none.
    fileprivate init(_ condition: VClusterCondition, _ writer: Localizer) {
        let isNegative = condition.type == .drifted
        let state: String
        let look: StatusLook
        switch condition.status {
        case .unknown: (state, look) = ("unknown", .idle)
        case .true: (state, look) = isNegative ? ("no", .bad) : ("yes", .good)
        case .false: (state, look) = isNegative ? ("yes", .good) : ("no", .bad)
        }
        self.init(
            name: writer.text("condition.\(condition.type.rawValue)"),
            state: writer.text("condition.\(state)"),
            icon: look.icon,
            tone: look.tone,
            message: condition.message.isEmpty ? nil : condition.message
        )
    }
}

extension VClusterPage.Event {
    fileprivate init(_ event: VClusterEvent, _ operations: [Operation], _ writer: Localizer) {
        let look: StatusLook = event.type == .warning ? .bad : .note
        self.init(
            text: Self.text(event, operations, writer),
            note: event.actorName.isEmpty ? nil : event.actorName,
            icon: look.icon,
            tone: look.tone,
            time: writer.time(event.createdAt)
        )
    }

    /// The domain tells events in English; other readers get what the reason says.
    private static func text(_ event: VClusterEvent, _ operations: [Operation], _ writer: Localizer) -> String {
        guard writer.language != .english else { return event.message }
        if event.type == .warning, writer.textIfPresent("event.\(event.reason)") == nil {
            let reason = MessageArgument.text(writer.reason(event.reason))
            return writer.text("event.Failed", ["reason": reason, "message": .text(event.message)])
        }
        guard event.reason == "Requested" else { return writer.textIfPresent("event.\(event.reason)") ?? event.message }
        guard let operation = operations.first(where: { $0.id == event.operationID }) else {
            return writer.text("event.RequestedSomething")
        }
        return writer.text("event.Requested", ["operation": .text(OperationRow.title(operation, writer))])
    }
}

extension VClusterPage.Kubeconfig {
    fileprivate init(_ vcluster: VCluster) {
        self.init(href: Route.vclusterPageKubeconfig(vcluster.id).path, fileName: Self.fileName(vcluster))
    }

    /// The name of the downloaded file; names are DNS labels, so it needs no quoting anywhere.
    static func fileName(_ vcluster: VCluster) -> String { "\(vcluster.name).kubeconfig.yaml" }
}
