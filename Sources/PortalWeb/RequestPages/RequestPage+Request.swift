import Foundation
import HTTPCore
import JSON
import Portal

extension RequestPage {
    /// What the page of a request is made of.
    struct Parts: Sendable {
        let detail: ApprovalRequestDetail
        let names: ApprovalNames
        let places: TenantNames
        let seesOperation: Bool
        let refused: RefusedForm?
    }

    /// The page of a request.
    init(_ parts: Parts, _ writer: Localizer) {
        let request = parts.detail.request
        title = writer.title(request)
        badge = BadgeModel(request.state, writer)
        lead = writer.text(
            "requests.lead",
            ["person": .text(request.requesterName), "policy": .text(request.policy.name)]
        )
        notices = Self.notices(parts, writer)
        facts = Self.facts(parts, writer)
        // What is made is told by its facts; the other verbs have no settings.
        let hasSettings = request.verb == .scale || request.verb == .update
        changes =
            hasSettings
            ? ChangeRows(request).rows.map { row in
                Change(name: row.name, before: row.before ?? "–", after: row.after ?? "–")
            } : []
        quota = parts.detail.impact.rows.map { QuotaRow($0, writer) }
        steps = request.policy.steps.indices.map { Step($0, parts, writer) }
        entries = parts.detail.entries.map { Entry($0, writer) }
        form = Form(parts, writer)
        cancel =
            parts.detail.allowedActions.contains(.cancel)
            ? MenuFormModel(
                summary: writer.text("requests.cancel"),
                icon: "cross",
                action: Route.requestPageCancel(request.id).path,
                submit: writer.text("requests.cancel"),
                text: writer.text("requests.cancelText")
            ).refused(parts.refused, named: Flash.requestCancel.rawValue, writer) : nil
    }

    private static func notices(_ parts: Parts, _ writer: Localizer) -> [NoticeModel] {
        let (detail, request) = (parts.detail, parts.detail.request)
        var notices: [NoticeModel] = []
        func add(_ key: String, _ look: StatusLook, text: String? = nil, link: LinkModel? = nil) {
            notices.append(
                NoticeModel(
                    look,
                    title: writer.text("requests.notice.\(key)"),
                    text: text ?? writer.textIfPresent("requests.notice.\(key)Text"),
                    link: link
                )
            )
        }
        switch request.state {
        case .failed: add("failed", .bad, text: request.failure.map { writer.text($0.error) })
        case .executed:
            let operation = parts.seesOperation ? request.operationID : nil
            let link = operation.map {
                LinkModel(href: Route.operationPage($0).path, label: writer.text("requests.openOperation"))
            }
            add("executed", .good, link: link)
        case .pending:
            if detail.people.isEmpty { add("nobody", .wait) }
            if let until = request.heldUntil {
                let time = writer.time(until).absolute
                add(
                    detail.isHeld ? "held" : "released",
                    detail.isHeld ? .note : .wait,
                    text: writer.text(
                        "requests.notice.\(detail.isHeld ? "heldText" : "releasedText")",
                        ["time": .text(time)]
                    )
                )
            }
        case .rejected, .cancelled, .expired: break
        }
        return notices
    }

    private static func facts(_ parts: Parts, _ writer: Localizer) -> [FactModel] {
        let request = parts.detail.request
        func fact(_ key: String, _ value: String, time: Date? = nil) -> FactModel {
            FactModel(name: writer.text("requests.fact.\(key)"), value: value, time: time.map { writer.time($0) })
        }
        var facts = [
            fact("vcluster", request.vclusterName),
            fact("tenant", parts.places.path(request.tenantID) ?? request.tenantName),
        ]
        if let text = request.change["environment"]?.string {
            facts.append(fact("environment", writer.textIfPresent("environment.\(text)") ?? text))
        }
        if let host = request.change["hostName"]?.string { facts.append(fact("host", host)) }
        if request.verb == .create, let spec = request.change["spec"],
            let known = try? VClusterSpec(validating: spec)
        {
            facts += SpecFacts(writer).facts(of: known)
        }
        if let seconds = request.change["gracePeriodSeconds"]?.int {
            let text =
                seconds == 0
                ? writer.text("requests.fact.forGood") : writer.duration(seconds: Int(seconds))
            facts.append(fact("grace", text))
        }
        facts.append(fact("filed", "", time: request.createdAt))
        if let end = request.endedAt {
            facts.append(fact("ended", "", time: end))
        } else {
            facts.append(fact("expires", "", time: request.expiresAt))
        }
        return facts
    }
}

extension RequestPage.QuotaRow {
    fileprivate init(_ row: QuotaImpact.Row, _ writer: Localizer) {
        let dimension = row.dimension
        self.init(
            tenant: row.tenantName,
            name: writer.text(dimension),
            badge: row.isOver ? BadgeModel(writer.text("requests.tooMuch"), .bad) : nil,
            bar: row.limit.map { QuotaPanel.Bar(row, limit: $0, writer) },
            before: dimension.readable(row.before),
            after: dimension.readable(row.after),
            limit: row.limit.map { dimension.readable($0) } ?? "–"
        )
    }
}

extension QuotaPanel.Bar {
    /// The bar of one level: what is taken without the change, and what the change adds.
    fileprivate init(_ row: QuotaImpact.Row, limit: Int64, _ writer: Localizer) {
        let width = max(limit, row.after, 1)
        func share(_ amount: Int64) -> Int { Int((Double(amount) / Double(width) * 1000).rounded()) }
        let dimension = row.dimension
        let label = writer.text(
            "requests.bar",
            [
                "before": .text(dimension.readable(row.before)), "after": .text(dimension.readable(row.after)),
                "limit": .text(dimension.readable(limit)),
            ]
        )
        self.init(
            label: label,
            tone: row.isOver ? "bad" : share(row.after) >= 900 ? "wait" : "good",
            used: share(row.before),
            heldStart: share(row.before),
            held: share(row.after) - share(row.before),
            blockedStart: 1000,
            blocked: 0
        )
    }
}

extension RequestPage.Step {
    fileprivate init(_ index: Int, _ parts: RequestPage.Parts, _ writer: Localizer) {
        let (detail, request) = (parts.detail, parts.detail.request)
        let isPast = index < request.step || request.state == .executed || request.state == .failed
        let isOpen = index == request.step && request.state == .pending
        let look: StatusLook = isPast ? .good : isOpen ? .wait : .idle
        var note: String?
        if isOpen, !detail.people.isEmpty {
            let people = detail.people.map(\.name).joined(separator: writer.text("rules.join.comma"))
            note = writer.text("requests.asked", ["people": .text(people)])
        }
        self.init(
            text: writer.text(request.policy.steps[index], parts.names),
            note: note,
            state: writer.text(isPast ? "requests.step.done" : isOpen ? "requests.step.open" : "requests.step.later"),
            icon: look.icon,
            tone: look.tone
        )
    }
}

extension RequestPage.Entry {
    fileprivate init(_ entry: ApprovalEntry, _ writer: Localizer) {
        self.init(
            text: writer.text("requests.entry.\(entry.kind.rawValue)", ["person": .text(entry.userName)]),
            comment: entry.comment.isEmpty ? nil : entry.comment,
            icon: entry.kind.look.icon,
            tone: entry.kind.look.tone,
            time: writer.time(entry.createdAt)
        )
    }
}

extension RequestPage.Form {
    fileprivate init?(_ parts: RequestPage.Parts, _ writer: Localizer) {
        let (detail, id) = (parts.detail, parts.detail.request.id)
        let hasOwnForm = parts.refused?.name == Flash.requestCancel.rawValue && detail.allowedActions.contains(.cancel)
        let refused = hasOwnForm ? nil : parts.refused
        // A form that was refused stays, whatever the reader may do by now: it has what was typed, and the reason.
        guard refused != nil || detail.allowedActions.contains(.comment) else { return nil }
        self.init(
            errorSummary: refused?.summary(["comment": "request-comment"], writer),
            comment: refused?.value("comment") ?? "",
            error: refused?.problem("comment", writer),
            commentAction: Route.requestPageComment(id).path,
            decision: detail.allowedActions.contains(.approve)
                ? .init(
                    approveAction: Route.requestPageApprove(id).path,
                    rejectAction: Route.requestPageReject(id).path
                ) : nil
        )
    }
}
