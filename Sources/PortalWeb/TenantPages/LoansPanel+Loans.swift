import Portal

extension LoansPanel {
    /// The panel of a tenant; nil where there never was a loan and none can be made.
    init?(_ parts: TenantPage.Parts, _ writer: Localizer) {
        guard let loans = parts.loans else { return nil }
        let path = Route.tenantPage(parts.tenant.id).path
        form = Form(parts, writer)
        rows = loans.items.map { Row($0, parts, writer) }
        pager = .init(path, "loans", parts.loansToken, loans.nextPageToken)
        emptyText = writer.text("loans.empty")
        guard form != nil || !rows.isEmpty || parts.loansToken != nil else { return nil }
    }
}

extension LoansPanel.Form {
    fileprivate init?(_ parts: TenantPage.Parts, _ writer: Localizer) {
        let lendable = parts.quota.map { report in report.rows.filter { ($0.lendable ?? 0) > 0 } }
        let rows: [QuotaReport.Row] = lendable ?? []
        let refused = parts.refused.flatMap { $0.name == "lend" ? $0 : nil }
        guard parts.mayLend, !parts.siblings.isEmpty, !rows.isEmpty || refused != nil else { return nil }
        action = Route.tenantPageLoans(parts.tenant.id).path
        text = writer.text("loans.text", ["name": .text(parts.tenant.name)])
        isOpen = refused != nil
        let dimensions = rows.map(\.dimension)
        errorSummary = refused?.summary(Self.ids(dimensions), writer)
        borrower = Self.borrower(parts, refused, writer)
        amounts = rows.map { row in
            let name = "amounts.\(row.dimension.name)"
            return FieldModel(
                id: Self.id(row.dimension),
                name: name,
                label: writer.text(row.dimension),
                value: refused?.value(name) ?? "",
                hint: writer.text("loans.atMost", ["amount": .text(row.dimension.readable(row.lendable ?? 0))]),
                autocomplete: "off",
                maxLength: WebLimits.Pages.amountCharactersMax,
                error: refused?.problem(name, writer)
            ).described
        }
        until =
            FieldModel(
                id: "lend-until",
                name: "until",
                label: writer.text("loans.until"),
                value: refused?.value("until") ?? "",
                type: "date",
                hint: writer.text("loans.untilHint"),
                isRequired: true,
                error: refused?.problem("until", writer)
            ).described
        reason =
            FieldModel(
                id: "lend-reason",
                name: "reason",
                label: writer.text("loans.reason"),
                value: refused?.value("reason") ?? "",
                autocomplete: "off",
                maxLength: PortalLimits.Quotas.loanReasonLengthMax,
                isRequired: true,
                error: refused?.problem("reason", writer)
            ).described
    }

    private static func borrower(
        _ parts: TenantPage.Parts,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> SelectModel {
        SelectModel(
            id: "lend-to",
            name: "toTenantId",
            label: writer.text("loans.to"),
            options: parts.siblings.map { sibling in
                let id = sibling.id.description
                return OptionModel(value: id, label: sibling.name, isSelected: id == refused?.value("toTenantId"))
            },
            isRequired: true,
            error: refused?.problem("toTenantId", writer)
        ).described
    }

    private static func ids(_ dimensions: [QuotaDimension]) -> [String: String] {
        var ids = ["toTenantId": "lend-to", "until": "lend-until", "reason": "lend-reason"]
        ids["amounts"] = dimensions.first.map { id($0) }
        for dimension in dimensions { ids["amounts.\(dimension.name)"] = id(dimension) }
        return ids
    }

    /// The id of an input; names of extended resources have characters that ids should not have.
    private static func id(_ dimension: QuotaDimension) -> String {
        "lend-" + String(dimension.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }
}

extension LoansPanel.Row {
    fileprivate init(_ loan: QuotaLoan, _ parts: TenantPage.Parts, _ writer: Localizer) {
        let isLender = loan.lenderID == parts.tenant.id
        let otherName = isLender ? loan.borrowerName : loan.lenderName
        let isOver = !loan.counts || loan.endsAt <= writer.now
        amounts = loan.amounts.dimensions
            .map { "\($0.readable(loan.amounts[$0])) \(writer.text($0))" }
            .joined(separator: writer.text("loans.separator"))
        reason = loan.reason
        direction = writer.text(isLender ? "loans.lentTo" : "loans.borrowedFrom")
        other = otherName ?? writer.text("loans.unseen")
        otherHref = otherName == nil ? nil : Route.tenantPage(isLender ? loan.borrowerID : loan.lenderID).path
        badge =
            isOver
            ? BadgeModel(writer.text("loans.returned"), .returned) : BadgeModel(writer.text("loans.open"), .good)
        end = writer.time(loan.returnedAt ?? loan.endsAt)
        // A loan is a promise: who lends may not take it back, who borrows and who manages above both may return it.
        let place = isLender ? Array(parts.tenant.path.dropLast()) : parts.tenant.path
        giveBack =
            isOver || !parts.caller.has(.quotasManage, onPath: place)
            ? nil
            : LoansPanel.GiveBack(
                action: Route.tenantPageLoanReturn(parts.tenant.id).path,
                label: writer.text("loans.giveBack", ["amounts": .text(amounts), "name": .text(other)]),
                loan: loan.id.description
            )
    }
}

extension StatusLook {
    /// What went back to where it came from.
    fileprivate static let returned = StatusLook(icon: "undo", tone: "idle")
}
