import Portal

@testable import PortalWeb

/// Sample models of single things.
enum SampleDetails {
    static func vcluster(_ writer: Localizer) -> VClusterPage {
        VClusterPage(
            title: "payments-dev",
            href: "/vclusters/1",
            watchHref: "/api/v1/vclusters:watch",
            name: "payments-dev",
            tenant: "Acme / Engineering / Payments",
            tenantHref: "/vclusters?tenant=1",
            phase: "RUNNING",
            badge: BadgeModel(writer.text("phase.RUNNING"), .good),
            errorSummary: ErrorSummaryModel(title: writer.text("errors.message.INVALID_PHASE")),
            buttons: [
                .init(
                    action: "/vclusters/1/suspend",
                    label: writer.text("actions.suspend"),
                    icon: "pause",
                    isPrimary: false
                )
            ],
            blocked: [
                .init(
                    id: "blocked-resume",
                    label: writer.text("actions.resume"),
                    icon: "play",
                    reason: writer.text("errors.rule", ["name": "Closed"])
                )
            ],
            scale: scale(writer),
            clone: MenuFormModel(
                summary: writer.text("actions.clone"),
                icon: "copy",
                action: "/vclusters/1/clone",
                submit: writer.text("actions.cloneSubmit"),
                text: writer.text("actions.cloneText", ["tenant": "Payments"])
            ),
            takeSnapshot: MenuFormModel(
                summary: writer.text("snapshots.take"),
                icon: "snapshot",
                action: "/vclusters/1/snapshots",
                submit: writer.text("snapshots.takeSubmit"),
                text: writer.text("snapshots.takeText")
            ),
            delete: .init(
                action: "/vclusters/1/delete",
                summary: writer.text("actions.delete"),
                text: writer.text("actions.deleteText", ["name": "payments-dev"]),
                submit: writer.text("actions.delete"),
                gracePeriods: ["graceDefault", "graceDay", "graceNone"].enumerated().map {
                    OptionModel(
                        value: $1,
                        label: writer.text("actions.\($1)"),
                        text: writer.text("actions.\($1)Text"),
                        isSelected: $0 == 0
                    )
                }
            ),
            notices: [notice(writer), progressNotice(writer)],
            conditions: [
                ("Ready", "yes", StatusLook.good, nil),
                (
                    "Drifted", "no", .bad,
                    "Somebody scaled the control plane to 2 on the host. “Try again” sets it back."
                ),
                ("HostReachable", "unknown", .wait, nil),
            ].map { name, state, look, message in
                .init(
                    name: writer.text("condition.\(name)"),
                    state: writer.text("condition.\(state)"),
                    icon: look.icon,
                    tone: look.tone,
                    message: message
                )
            },
            conditionsNote: writer.text("vcluster.observed", ["observed": "2", "generation": "3"]),
            spec: facts(writer),
            generation: writer.text("vcluster.generation", ["generation": "3"]),
            snapshots: SampleSnapshots.panel(writer),
            events: [
                .init(
                    text: "The control plane is ready.",
                    note: "The portal",
                    icon: "running",
                    tone: "good",
                    time: SamplePages.time(60, writer)
                ),
                .init(
                    text: "The host had no room for a pod; tried again.",
                    note: nil,
                    icon: "failed",
                    tone: "bad",
                    time: SamplePages.time(90, writer)
                ),
                .init(
                    text: "Creation was asked for.",
                    note: "Mei Lin",
                    icon: "info",
                    tone: "busy",
                    time: SamplePages.time(130, writer)
                ),
            ],
            endpoint: "https://payments-dev.vclusters.acme.example:31443",
            kubeconfig: .init(href: "/vclusters/1/kubeconfig", fileName: "payments-dev.yaml"),
            noAccess: nil,
            details: [
                FactModel(name: writer.text("vcluster.fact.tenant"), value: "Acme / Engineering / Payments"),
                FactModel(name: writer.text("vcluster.fact.host"), value: "berlin-1", tag: writer.text("simulated")),
                FactModel(name: writer.text("vcluster.fact.created"), time: SamplePages.time(9_000, writer)),
                FactModel(name: writer.text("vcluster.fact.id"), value: "0190f3a2-b7c4-7000-8000-5a1b2c3d4e5f"),
            ],
            labels: ["team=payments", "cost-center=4711"],
            operations: SampleLists.operations(writer)
        )
    }

    static func bareVCluster(_ writer: Localizer) -> VClusterPage {
        VClusterPage(
            title: "fraud-model",
            href: "/vclusters/2",
            watchHref: "/api/v1/vclusters:watch",
            name: "fraud-model",
            tenant: "Acme / Data / ML",
            tenantHref: "/vclusters?tenant=2",
            phase: "ERROR",
            badge: BadgeModel(writer.text("phase.ERROR"), .bad),
            errorSummary: nil,
            buttons: [
                .init(action: "/vclusters/2/retry", label: writer.text("actions.retry"), icon: "retry", isPrimary: true)
            ],
            blocked: [],
            scale: nil,
            clone: nil,
            takeSnapshot: nil,
            delete: nil,
            notices: [notice(writer)],
            conditions: [],
            conditionsNote: nil,
            spec: facts(writer),
            generation: writer.text("vcluster.generation", ["generation": "1"]),
            snapshots: SnapshotsPanel(rows: [], note: nil, emptyText: writer.text("snapshots.empty")),
            events: [],
            endpoint: nil,
            kubeconfig: nil,
            noAccess: writer.text("vcluster.notRunning"),
            details: [FactModel(name: writer.text("vcluster.fact.host"), value: "shanghai-2")],
            labels: [],
            operations: []
        )
    }

    private static func scale(_ writer: Localizer) -> VClusterPage.ScaleForm {
        .init(
            action: "/vclusters/1/scale",
            isOpen: true,
            errorSummary: ErrorSummaryModel(title: writer.text("actions.scaleNothing")),
            fields: [
                FieldModel(id: "cpu", name: "cpu", label: writer.text("wizard.size.cpu"), value: "2", optional: "x")
            ]
        )
    }

    private static func notice(_ writer: Localizer) -> NoticeModel {
        NoticeModel(
            tone: "bad",
            icon: "failed",
            title: writer.text("vcluster.failedTitle", ["reason": .text(writer.text("reason.Unschedulable"))]),
            text: "No node of “shanghai-2” has 4 CPU free. " + writer.text("hint.Unschedulable"),
            link: LinkModel(href: "/operations/1", label: writer.text("vcluster.watch"))
        )
    }

    private static func progressNotice(_ writer: Localizer) -> NoticeModel {
        NoticeModel(
            tone: "busy",
            icon: "turning",
            isTurning: true,
            title: writer.text("vcluster.changingTitle", ["operation": .text("Scale payments-dev")]),
            progress: ProgressModel(value: 40, label: "40 %"),
            link: LinkModel(href: "/operations/1", label: writer.text("vcluster.watch"))
        )
    }

    private static func facts(_ writer: Localizer) -> [FactModel] {
        [
            FactModel(name: writer.text("vcluster.fact.kubernetes"), value: "v1.33.4"),
            FactModel(name: writer.text("vcluster.fact.replicas"), value: "1"),
            FactModel(name: writer.text("vcluster.fact.store"), value: writer.text("store.embeddedDatabase")),
            FactModel(name: writer.text("vcluster.fact.quota"), value: "2 CPU · 4Gi memory · 20Gi storage"),
            FactModel(name: writer.text("vcluster.fact.isolation"), value: writer.text("isolation.lite")),
        ]
    }

    static func operation(_ writer: Localizer) -> OperationPage {
        operation(writer, state: "running", look: .busy, progress: 62, failure: nil)
    }

    static func failedOperation(_ writer: Localizer) -> OperationPage {
        let failure = OperationPage.FailureNotice(
            tone: "bad",
            icon: "failed",
            title: writer.text("operation.failedTitle", ["reason": .text(writer.text("reason.ImagePullFailed"))]),
            text: "The image ghcr.io/loft-sh/kubernetes:v1.33.4 cannot be pulled: 403 Forbidden.",
            hint: writer.text("hint.ImagePullFailed")
        )
        return operation(writer, state: "failed", look: .bad, progress: 45, failure: failure)
    }

    private static func operation(
        _ writer: Localizer,
        state: String,
        look: StatusLook,
        progress: Int,
        failure: OperationPage.FailureNotice?
    ) -> OperationPage {
        let isLive = failure == nil
        return OperationPage(
            title: "Create payments-dev",
            heading: writer.text("operation.verb.create", ["name": "payments-dev"]),
            href: "/operations/1",
            vclusterHref: "/vclusters/1",
            vclusterName: "payments-dev",
            eventsHref: isLive ? "/api/v1/operations/1/events" : nil,
            isLive: isLive,
            state: state,
            badge: BadgeModel(writer.text("operation.state.\(state)"), look),
            errorSummary: isLive ? nil : ErrorSummaryModel(title: writer.text("errors.message.CONFLICT")),
            cancelAction: isLive ? "/operations/1/cancel" : nil,
            retryAction: isLive ? nil : "/vclusters/1/retry",
            doneHref: isLive ? nil : "/vclusters/1",
            failure: failure,
            tone: look.tone,
            progress: progress,
            percent: writer.text("operation.percent", ["percent": .number(progress)]),
            summary: writer.text("operation.summaryRunning", ["duration": .text(writer.duration(seconds: 72))]),
            steps: steps(writer, isLive: isLive),
            details: [
                FactModel(name: writer.text("operation.startedBy"), value: "Mei Lin", tag: writer.text("simulated")),
                FactModel(name: writer.text("operation.requested"), time: SamplePages.time(80, writer)),
                FactModel(name: writer.text("operation.attempt"), value: "1"),
            ],
            log:
                "Release \"payments-dev\" does not exist. Installing it now.\nNAME: payments-dev\nSTATUS: deployed <ok>",
            isLogOpen: !isLive
        )
    }

    private static func steps(_ writer: Localizer, isLive: Bool) -> [OperationPage.Step] {
        let states: [(String, String, StatusLook, Int?)] = [
            ("prepareNamespace", "succeeded", .good, 1), ("install", "succeeded", .good, 9),
            ("waitUntilReady", isLive ? "running" : "failed", isLive ? .busy : .bad, 62),
            ("collectAccess", "pending", .idle, nil),
        ]
        return states.map { name, state, look, seconds in
            OperationPage.Step(
                name: writer.text("operation.step.\(name)"),
                state: writer.text("operation.stepState.\(state)"),
                icon: look.icon,
                tone: look.tone,
                isTurning: look.isTurning,
                isWaiting: state == "pending",
                duration: seconds.map { writer.duration(seconds: $0) } ?? "",
                message: name == "waitUntilReady" ? "1 of 3 pods is ready." : nil
            )
        }
    }
}
