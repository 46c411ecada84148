import HTTPCore
import Portal

extension TenantQuotaPage {
    /// The form with what was typed, and what would change by it.
    init(
        _ scene: TenantQuotaHandlers.Scene,
        _ form: TenantQuotaForm,
        _ preview: (after: QuotaLimits, found: QuotaPreview)?,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let tenant = scene.tenant
        title = writer.text("quota.editTitle", ["name": .text(tenant.name)])
        lead = writer.text("quota.editLead")
        crumbs = .to(tenant, TenantNames(scene.lineage), writer)
        action = Route.tenantPageQuota(tenant.id).path
        var ids: [String: String] = [:]
        for dimension in form.dimensions {
            for part in TenantQuotaForm.Part.allCases {
                ids[part.field(dimension)] = Self.id(part, dimension)
            }
        }
        ids[TenantQuotaForm.Addition.name] = "new-resource"
        errorSummary = refused?.summary(ids, writer)
        addition = Self.addition(form, refused, writer)
        rows = form.dimensions.map { Row($0, scene.report, form, refused, writer) }
        isStrict = form.isStrict
        version = refused.map { $0.value("version") } ?? scene.report.etag.description
        self.preview = preview.map { Preview(scene.report.limits, $0.after, $0.found, form, writer) }
    }

    private static func addition(
        _ form: TenantQuotaForm,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> [FieldModel] {
        [
            FieldModel(
                id: "new-resource",
                name: TenantQuotaForm.Addition.name,
                label: writer.text("quota.newResource"),
                value: form.unknownName,
                hint: writer.text("quota.newResourceHint"),
                placeholder: "nvidia.com/mig-1g.5gb",
                autocomplete: "off",
                maxLength: WebLimits.Pages.resourceCharactersMax,
                error: refused?.problem(TenantQuotaForm.Addition.name, writer)
            ).described,
            FieldModel(
                id: "new-limit",
                name: TenantQuotaForm.Addition.limit,
                label: writer.text("quota.part.limits"),
                value: form.unknownName.isEmpty ? "" : refused?.value(TenantQuotaForm.Addition.limit) ?? "",
                autocomplete: "off",
                maxLength: WebLimits.Pages.amountCharactersMax
            ),
        ]
    }

    /// The id of an input; names of extended resources have characters that ids should not have.
    fileprivate static func id(_ part: TenantQuotaForm.Part, _ dimension: QuotaDimension) -> String {
        let name = dimension.name.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return "\(part.rawValue)-\(String(name))"
    }
}

extension TenantQuotaPage.Row {
    fileprivate init(
        _ dimension: QuotaDimension,
        _ report: QuotaReport,
        _ form: TenantQuotaForm,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let row = report.rows.first { $0.dimension == dimension }
        let used = dimension.readable((row?.used ?? 0) + (row?.batch ?? 0))
        let label = writer.text(dimension)
        let left = row?.headroom.map { dimension.readable(max(0, $0)) }
        self.init(
            name: label,
            note: left.map { writer.text("quota.usedAndLeft", ["used": .text(used), "left": .text($0)]) }
                ?? writer.text("quota.usedOnly", ["used": .text(used)]),
            fields: TenantQuotaForm.Part.allCases.map { part in
                let field = part.field(dimension)
                return FieldModel(
                    id: TenantQuotaPage.id(part, dimension),
                    name: field,
                    label: writer.text("quota.part.\(part.rawValue)"),
                    value: form.values[field] ?? "",
                    autocomplete: "off",
                    maxLength: WebLimits.Pages.amountCharactersMax,
                    error: refused?.problem(field, writer)
                ).described
            }
        )
    }
}

extension TenantQuotaPage.Preview {
    fileprivate init(
        _ before: QuotaLimits,
        _ after: QuotaLimits,
        _ found: QuotaPreview,
        _ form: TenantQuotaForm,
        _ writer: Localizer
    ) {
        var changes = form.dimensions.compactMap { dimension -> TenantQuotaPage.Change? in
            guard before[dimension] != after[dimension] else { return nil }
            return TenantQuotaPage.Change(
                name: writer.text(dimension),
                before: writer.text(before[dimension], in: dimension),
                after: writer.text(after[dimension], in: dimension)
            )
        }
        if before.isStrict != after.isStrict {
            func word(_ isStrict: Bool) -> String { writer.text(isStrict ? "quota.isStrict" : "quota.isShared") }
            changes.append(
                .init(name: writer.text("quota.slices"), before: word(before.isStrict), after: word(after.isStrict))
            )
        }
        self.changes = changes
        violations = found.violations.map { writer.text($0.refusal) }
        notice = Self.notice(found, hasChanges: !changes.isEmpty, writer)
        looked = changes.isEmpty || !found.isAllowed ? nil : form.fingerprint
    }

    private static func notice(_ found: QuotaPreview, hasChanges: Bool, _ writer: Localizer) -> NoticeModel {
        guard hasChanges else {
            return NoticeModel(
                .note,
                title: writer.text("quota.noChange")
            )
        }
        if found.violations.isEmpty {
            return NoticeModel(
                .good,
                title: writer.text("quota.fineTitle"),
                text: writer.text("quota.fineText")
            )
        }
        let look = found.isAllowed ? StatusLook.wait : StatusLook.bad
        return NoticeModel(
            tone: look.tone,
            icon: found.isAllowed ? "info" : look.icon,
            title: writer.count("quota.breaksTitle", found.violations.count),
            text: writer.text(found.isAllowed ? "quota.breaksText" : "quota.blockedText")
        )
    }
}

extension Localizer {
    /// A limit in one line: the amount, its overcommit, and the cap of one person.
    func text(_ limit: QuotaLimit, in dimension: QuotaDimension) -> String {
        var parts = [limit.amount.map { dimension.readable($0) } ?? text("quota.unlimited")]
        if limit.amount != nil, limit.overcommitPerMille != 1000 {
            parts.append(text("quota.times", ["factor": .text(limit.overcommitText)]))
        }
        if let cap = limit.userCap { parts.append(text("quota.capOf", ["amount": .text(dimension.readable(cap))])) }
        return parts.joined(separator: " ")
    }

    /// A rule that would not hold: where, of what, and by how much.
    func text(_ refusal: QuotaRefusal) -> String {
        let dimension = refusal.dimension
        return text(
            "quota.breaks.\(refusal.reason.rawValue)",
            [
                "level": .text(refusal.tenantName), "resource": .text(text(dimension)),
                "limit": .text(dimension.readable(refusal.limit)), "used": .text(dimension.readable(refusal.used)),
                "requested": .text(dimension.readable(refusal.requested)),
                "missing": .text(dimension.readable(max(0, refusal.missing))),
            ]
        )
    }
}
