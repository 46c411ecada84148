import FoundationEssentials
import Portal

extension VClusterPage {
    /// What the reader should know before anything else: a failure, a change on its way, an end in sight.
    static func notices(_ parts: Parts, _ writer: Localizer) -> [NoticeModel] {
        [
            failure(parts, writer), change(parts, writer), deletion(parts.vcluster, writer),
            expiry(parts.vcluster, writer),
        ]
        .compactMap { $0 }
    }

    private static func failure(_ parts: Parts, _ writer: Localizer) -> NoticeModel? {
        let vcluster = parts.vcluster
        guard vcluster.phase == .error else { return nil }
        let title = vcluster.reason.map { reason in
            writer.text("vcluster.failedTitle", ["reason": .text(writer.reason(reason))])
        }
        let message = vcluster.message.isEmpty ? nil : vcluster.message
        // The domain's message says in English what to try; other readers get the hint besides.
        let hint = writer.language == .english && message != nil ? nil : writer.hint(vcluster.reason)
        let text = [message, hint].compactMap { $0 }.joined(separator: " ")
        let operation = parts.operations.first { $0.state == .failed || $0.state == .cancelled }
        return NoticeModel(
            .bad,
            title: title ?? writer.text("vcluster.failedUnknown"),
            text: text.isEmpty ? nil : text,
            link: operation.map {
                LinkModel(href: Route.operationPage($0.id).path, label: writer.text("vcluster.seeSteps"))
            }
        )
    }

    private static func change(_ parts: Parts, _ writer: Localizer) -> NoticeModel? {
        guard let operation = parts.activeOperation else { return nil }
        let percent = writer.text("operation.percent", ["percent": .number(operation.progress)])
        let look = StatusLook.busy
        return NoticeModel(
            tone: look.tone,
            icon: look.icon,
            isTurning: look.isTurning,
            title: writer.text("vcluster.changingTitle", ["operation": .text(OperationRow.title(operation, writer))]),
            text: operation.message.isEmpty ? nil : operation.message,
            progress: ProgressModel(value: operation.progress, label: percent),
            link: LinkModel(href: Route.operationPage(operation.id).path, label: writer.text("vcluster.watch"))
        )
    }

    private static func deletion(_ vcluster: VCluster, _ writer: Localizer) -> NoticeModel? {
        guard vcluster.phase == .deleted, let purgeAt = vcluster.purgeAt.map({ writer.time($0) }) else { return nil }
        return NoticeModel(
            tone: StatusLook.wait.tone,
            icon: StatusLook.gone.icon,
            title: writer.text("vcluster.deletedTitle"),
            text: writer.text(
                "vcluster.deletedText",
                ["date": .text(purgeAt.absolute), "relative": .text(purgeAt.relative)]
            )
        )
    }

    private static func expiry(_ vcluster: VCluster, _ writer: Localizer) -> NoticeModel? {
        guard vcluster.phase != .deleted, vcluster.phase != .deleting, let expiresAt = vcluster.expiresAt,
            expiresAt.timeIntervalSince(writer.now) < warningSeconds
        else { return nil }
        let time = writer.time(expiresAt)
        return NoticeModel(
            tone: StatusLook.wait.tone,
            icon: "calendar",
            title: writer.text("vcluster.expiresTitle", ["relative": .text(time.relative)]),
            text: writer.text("vcluster.expiresText", ["date": .text(time.absolute)])
        )
    }

    /// How long before its end a vcluster says so: three days.
    private static let warningSeconds = 3.0 * 86_400
}
