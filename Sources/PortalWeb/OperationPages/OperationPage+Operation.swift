import FoundationEssentials
import Portal

extension OperationPage {
    /// The page of an operation.
    ///
    /// - Parameters:
    ///   - operation: The operation with its steps.
    ///   - vcluster: Its vcluster; nil when it is gone.
    ///   - log: The end of the log, oldest line first, and whether there is more before it.
    ///   - caller: The reader.
    ///   - writer: Writes for the reader.
    init(
        _ operation: Operation,
        vcluster: VCluster?,
        log: (lines: [OperationLogLine], isCut: Bool),
        caller: Caller,
        _ writer: Localizer
    ) {
        let look = operation.state.look
        let isFinal = operation.state.isFinal
        title = OperationRow.title(operation, writer)
        heading = title
        href = Route.operationPage(operation.id).path
        vclusterHref = vcluster.map { Route.vclusterPage($0.id).path } ?? Route.vclustersPage.path
        vclusterName = operation.vclusterName
        eventsHref = isFinal ? nil : Route.operationEvents(operation.id).path
        isLive = !isFinal
        state = operation.state.rawValue
        let isStopping = operation.isCancelRequested && !isFinal
        let stateText = isStopping ? "operation.cancelling" : "operation.state.\(operation.state.rawValue)"
        badge = BadgeModel(writer.text(stateText), look)
        let mayCancel = caller.has(.operationsCancel, onPath: operation.tenantPath)
        cancelAction = mayCancel && !isFinal && !isStopping ? Route.operationPageCancel(operation.id).path : nil
        retryAction = Self.retryAction(operation, vcluster, caller)
        doneHref = isFinal ? vcluster.map { Route.vclusterPage($0.id).path } : nil
        failure = FailureNotice(operation, writer)
        tone = look.tone
        progress = operation.progress
        percent = writer.text("operation.percent", ["percent": .number(operation.progress)])
        summary = Self.summary(operation, writer)
        steps = operation.steps.map { Step($0, writer) }
        details = Self.details(operation, vcluster, writer)
        self.log = Self.log(log.lines, isCut: log.isCut, of: operation.id, writer)
        isLogOpen = operation.state == .failed
    }

    /// What is left out is said in the first line, which is renewed with the log.
    private static func log(_ lines: [OperationLogLine], isCut: Bool, of id: OperationID, _ writer: Localizer) -> String
    {
        guard !lines.isEmpty else { return writer.text("operation.noLog") }
        let cut = writer.text(
            "operation.logCut",
            ["lines": .number(lines.count), "address": .text(Route.operationLog(id).path)]
        )
        return ((isCut ? [cut] : []) + lines.map(\.text)).joined(separator: "\n")
    }

    /// Only the last operation of a vcluster that failed can be tried again.
    private static func retryAction(_ operation: Operation, _ vcluster: VCluster?, _ caller: Caller) -> String? {
        guard let vcluster, [.failed, .cancelled].contains(operation.state), vcluster.phase.allows(.retry),
            ![.snapshot, .deleteSnapshot].contains(operation.verb),
            caller.has(operation.verb.retryPermission, onPath: vcluster.tenantPath),
            operation.finishedAt.map({ $0 >= vcluster.updatedAt.addingTimeInterval(-60) }) ?? false
        else { return nil }
        return Route.vclusterPageAction(.retry, vcluster.id).path
    }

    private static func summary(_ operation: Operation, _ writer: Localizer) -> String {
        func text(_ key: String, until end: Date) -> String {
            let seconds = Int(end.timeIntervalSince(operation.startedAt ?? operation.createdAt))
            return writer.text("operation.\(key)", ["duration": .text(writer.duration(seconds: seconds))])
        }
        switch operation.state {
        case .pending: return writer.text("operation.summaryPending")
        case .running: return text("summaryRunning", until: writer.now)
        case .waiting:
            return writer.text("operation.summaryWaiting", ["relative": .text(writer.time(operation.runAt).relative)])
        case .succeeded, .failed: return text("summaryDone", until: operation.finishedAt ?? writer.now)
        case .cancelled: return text("summaryCancelled", until: operation.finishedAt ?? writer.now)
        }
    }

    private static func details(_ operation: Operation, _ vcluster: VCluster?, _ writer: Localizer) -> [FactModel] {
        func fact(_ key: String, _ date: Date?) -> FactModel? {
            date.map { FactModel(name: writer.text("operation.\(key)"), time: writer.time($0)) }
        }
        let author = operation.createdByName.isEmpty ? writer.text("operations.byPortal") : operation.createdByName
        let host = vcluster.map { vcluster in
            FactModel(
                name: writer.text("operation.host"),
                value: vcluster.hostName,
                tag: vcluster.isSimulated ? writer.text("simulated") : nil
            )
        }
        return [
            FactModel(name: writer.text("operation.startedBy"), value: author),
            host,
            fact("requested", operation.createdAt),
            fact("finished", operation.finishedAt),
            operation.state.isFinal ? nil : fact("deadline", operation.deadlineAt),
            FactModel(name: writer.text("operation.attempt"), value: NumberText.grouped(operation.attempt)),
            FactModel(name: writer.text("operation.id"), value: operation.id.description),
        ].compactMap { $0 }
    }
}

extension OperationPage.Step {
    fileprivate init(_ step: OperationStep, _ writer: Localizer) {
        let look = step.state.look
        var duration = ""
        if let startedAt = step.startedAt, step.state != .skipped {
            duration = writer.duration(seconds: Int((step.finishedAt ?? writer.now).timeIntervalSince(startedAt)))
        }
        self.init(
            name: writer.textIfPresent("operation.step.\(step.name)") ?? step.name,
            state: writer.text("operation.stepState.\(step.state.rawValue)"),
            icon: look.icon,
            tone: look.tone,
            isTurning: look.isTurning,
            isWaiting: step.state == .pending || step.state == .skipped,
            duration: duration,
            message: step.message.isEmpty ? nil : step.message
        )
    }
}

extension OperationPage.FailureNotice {
    /// What the reader should know about an operation that failed, was stopped, or is being tried again.
    fileprivate init?(_ operation: Operation, _ writer: Localizer) {
        let reason = operation.reason ?? "Unknown"
        let text = operation.message.isEmpty ? nil : operation.message
        let look: StatusLook
        let title: String
        var hint: String?
        switch operation.state {
        case .failed:
            look = .bad
            title = writer.text("operation.failedTitle", ["reason": .text(writer.reason(reason))])
            // The domain's message says in English what to try.
            hint = writer.language == .english && text != nil ? nil : writer.hint(reason)
        case .cancelled:
            look = StatusLook(icon: "cross", tone: "idle")
            title = writer.text("operation.cancelledTitle")
        case .waiting where text != nil:
            look = .wait
            title = writer.text("operation.waitingTitle")
        default:
            return nil
        }
        self.init(tone: look.tone, icon: look.icon, title: title, text: text, hint: hint)
    }
}

extension OperationVerb {
    /// What trying again needs: the permission that the verb itself needed.
    var retryPermission: Permission {
        switch self {
        case .create: .vclustersCreate
        case .adopt: .hostsManage
        case .suspend, .resume: .vclustersSuspend
        case .scale, .update: .vclustersUpdate
        case .delete, .undelete, .purge: .vclustersDelete
        case .snapshot, .deleteSnapshot: .vclustersSnapshot
        case .restore: .vclustersRestore
        }
    }
}
