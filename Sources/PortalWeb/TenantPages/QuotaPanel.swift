import Portal

/// What a tenant may use, uses and has left: a bar and the same numbers for every resource.
struct QuotaPanel: Sendable {
    /// Where the limits are edited; nil for those who may not.
    let editHref: String?
    let rows: [Row]
    /// How many extended resources are not shown; nil when all are.
    let more: String?
    let emptyText: String

    /// One resource.
    struct Row: Sendable {
        let name: String
        let badge: BadgeModel?
        /// nil when no level limits the resource.
        let bar: Bar?
        let used: String
        /// What the tenant itself takes of it, when others below take a part.
        let own: String?
        let held: String
        let limit: String
        let overcommit: String?
        /// What of the limit is lent or borrowed.
        let lent: String?
        let headroom: String
        let bound: String
        let boundHref: String?
    }

    /// The bar in thousandths of its width.
    struct Bar: Sendable {
        let label: String
        let tone: String
        let used: Int
        let heldStart: Int
        let held: Int
        let blockedStart: Int
        let blocked: Int
    }
}

extension QuotaPanel {
    /// The panel of a report; resources that are neither limited nor used are left out.
    ///
    /// - Parameters:
    ///   - report: What the domain says.
    ///   - visible: The tenants that the reader sees, for links.
    ///   - mayEdit: Whether the reader may set limits here.
    ///   - writer: Writes for the reader.
    init(_ report: QuotaReport, visible: Set<TenantID>, mayEdit: Bool, _ writer: Localizer) {
        editHref = mayEdit ? Route.tenantPageQuota(report.tenantID).path : nil
        let told = report.rows.filter { $0.used > 0 || $0.batch > 0 || $0.boundedBy != nil || !$0.limit.isEmpty }
        let (extended, omitted) = QuotaReport.mostUsed(told.filter(\.dimension.isExtended))
        rows = (told.filter { !$0.dimension.isExtended } + extended).map {
            Row($0, of: report.tenantID, visible: visible, writer)
        }
        more = omitted == 0 ? nil : writer.count("quota.more", omitted)
        emptyText = writer.text("quota.nothing")
    }
}

extension QuotaReport {
    /// As many resources as fit on a page, by name: those with a limit of the tenant's own first, then the most used.
    static func mostUsed(_ rows: [Row]) -> (shown: [Row], omitted: Int) {
        let shown = rows.sorted { left, right in
            let (leftUse, rightUse) = (left.used + left.batch, right.used + right.batch)
            if left.limit.isEmpty != right.limit.isEmpty { return right.limit.isEmpty }
            return leftUse == rightUse ? left.dimension < right.dimension : leftUse > rightUse
        }
        .prefix(WebLimits.Pages.extendedRowsMax)
        return (shown.sorted { $0.dimension < $1.dimension }, rows.count - shown.count)
    }
}

extension QuotaDimension {
    /// Whether it is one that has a name of its own, such as `nvidia.com/mig-1g.5gb`.
    var isExtended: Bool {
        if case .extended = self { true } else { false }
    }
}

extension QuotaPanel.Row {
    fileprivate init(_ row: QuotaReport.Row, of tenantID: TenantID, visible: Set<TenantID>, _ writer: Localizer) {
        let dimension = row.dimension
        let total = row.used + row.batch
        let bound = row.boundedBy
        self.init(
            name: writer.text(dimension),
            badge: row.isOver ? BadgeModel(writer.text("quota.over"), .bad) : nil,
            bar: QuotaPanel.Bar(row, writer),
            used: dimension.readable(total),
            own: row.own == total ? nil : writer.text("quota.ownUse", ["amount": .text(dimension.readable(row.own))]),
            held: dimension.readable(row.reserved),
            limit: row.limit.amount.map { dimension.readable($0) } ?? "–",
            overcommit: row.limit.overcommitPerMille == 1000 || row.limit.amount == nil
                ? nil : writer.text("quota.times", ["factor": .text(row.limit.overcommitText)]),
            lent: Self.lent(row, writer),
            headroom: row.headroom.map { dimension.readable(max(0, $0)) } ?? "–",
            bound: bound.map { $0.tenantID == tenantID ? writer.text("quota.here") : $0.tenantName }
                ?? writer.text("quota.nobody"),
            boundHref: bound.flatMap { bound in
                guard bound.tenantID != tenantID, visible.contains(bound.tenantID) else { return nil }
                return Route.tenantPage(bound.tenantID).path
            }
        )
    }

    /// In one dimension a tenant lends or borrows, never both.
    private static func lent(_ row: QuotaReport.Row, _ writer: Localizer) -> String? {
        if row.lent > 0 { return writer.text("quota.lent", ["amount": .text(row.dimension.readable(row.lent))]) }
        guard row.borrowed > 0 else { return nil }
        return writer.text("quota.borrowed", ["amount": .text(row.dimension.readable(row.borrowed))])
    }
}

extension QuotaPanel.Bar {
    /// The bar of a resource; nil when no level limits it.
    ///
    /// Its width is the tenant's own limit, or, without one, what it uses and could still get.
    fileprivate init?(_ row: QuotaReport.Row, _ writer: Localizer) {
        guard let left = row.headroom else { return nil }
        let total = row.used + row.batch
        let headroom = max(0, left)
        let width = max(row.limit.bound ?? total + headroom, total, 1)
        func share(_ amount: Int64) -> Int { Int((Double(amount) / Double(width) * 1000).rounded()) }
        let held = min(row.reserved, total)
        let free = min(total + headroom, width)
        let dimension = row.dimension
        label = writer.text(
            "quota.bar",
            [
                "used": .text(dimension.readable(total)), "limit": .text(dimension.readable(width)),
                "headroom": .text(dimension.readable(headroom)),
            ]
        )
        tone = row.isOver ? "bad" : share(total) >= 900 || headroom == 0 ? "wait" : "good"
        used = share(total - held)
        heldStart = used
        self.held = share(held)
        blockedStart = share(free)
        blocked = 1000 - blockedStart
    }
}

extension QuotaLimit {
    /// The factor as people write it: `1.5`.
    var overcommitText: String {
        let whole = overcommitPerMille / 1000
        var rest = String(overcommitPerMille % 1000 + 1000).dropFirst()
        while rest.hasSuffix("0") { rest.removeLast() }
        return rest.isEmpty ? "\(whole)" : "\(whole).\(rest)"
    }
}

extension Localizer {
    /// The name of a resource; extended resources have the one of Kubernetes.
    func text(_ dimension: QuotaDimension) -> String {
        if case .extended(let name) = dimension { return name }
        return text("quota.dimensionName.\(dimension.name)")
    }
}
