import HTTPCore
import Portal

extension TenantMovePage {
    /// What the page is made of.
    struct Parts: Sendable {
        let tenant: Tenant
        /// The tenant, the places, and those above them.
        let lineage: [Tenant]
        let places: [Tenant]
        let isTruncated: Bool
        /// What was looked for.
        let text: String
        let chosen: TenantID?
        let plan: TenantMove?
        /// What the quotas say about the plan.
        let quota: QuotaPreview?
        /// The rules that begin and end by the plan.
        let rules: AccessRuleMove
        let refusal: PortalError?
        let caller: Caller
    }

    /// The page with the places to choose from and, once one is chosen, what the move changes.
    init(_ parts: Parts, _ writer: Localizer) {
        let tenant = parts.tenant
        let names = TenantNames(parts.lineage)
        let path = Route.tenantPageMove(tenant.id).path
        title = writer.text("tenantMove.title", ["name": .text(tenant.name)])
        lead = writer.text("tenantMove.lead")
        crumbs = .to(tenant, names, writer)
        action = path
        query = parts.text
        places = parts.places.map { place in
            var query = QueryItems()
            if !parts.text.isEmpty { query.add("q", parts.text) }
            query.add("parent", place.id.description)
            return Place(
                href: "\(path)?\(query.encoded)#preview",
                label: place.name,
                note: names.path(above: place),
                isChosen: place.id == parts.chosen
            )
        }
        if places.isEmpty {
            placesNote = writer.text(parts.text.isEmpty ? "tenantMove.noPlace" : "tenantMove.noMatch")
        } else {
            placesNote = parts.isTruncated ? writer.text("tenantMove.morePlaces") : nil
        }
        refusal = parts.refusal.map { error in
            NoticeModel(
                .bad,
                title: writer.text("tenantMove.refused"),
                text: error.fields.first.map { writer.text($0) } ?? writer.text(error)
            )
        }
        preview = parts.plan.map { Preview($0, parts.quota ?? QuotaPreview([]), names, parts, writer) }
    }
}

extension TenantMovePage.Preview {
    fileprivate init(
        _ move: TenantMove,
        _ found: QuotaPreview,
        _ names: TenantNames,
        _ parts: TenantMovePage.Parts,
        _ writer: Localizer
    ) {
        title = writer.text("tenantMove.preview", ["name": .text(move.parent.name)])
        facts = [
            FactModel(name: writer.text("tenantMove.from"), value: names.path(move.tenant.id) ?? move.tenant.name),
            FactModel(
                name: writer.text("tenantMove.to"),
                value: (names.path(move.parent.id) ?? move.parent.name) + " / " + move.tenant.name
            ),
            FactModel(
                name: writer.text("tenantMove.takes"),
                value: writer.count("tenantMove.tenants", move.tenantCount)
            ),
        ]
        quota = .init(
            title: writer.text("quota.title"),
            texts: found.violations.map { writer.text($0.refusal) },
            fine: found.violations.isEmpty ? writer.text("quota.fineText") : nil
        )
        roles = [
            .init("gained", move.gained, parts.caller, writer), .init("lost", move.lost, parts.caller, writer),
            .init("rulesBegin", parts.rules.begin, writer), .init("rulesEnd", parts.rules.end, writer),
        ]
        action = Route.tenantPageMove(move.tenant.id).path
        parentID = move.parent.id.description
        version = move.tenant.etag.description
        submit =
            found.isAllowed
            ? writer.text("tenantMove.submit", ["name": .text(move.tenant.name)]) : nil
    }
}

extension TenantMovePage.Roles {
    /// Access rules that begin or end, each with what it says now.
    fileprivate init(_ kind: String, _ rules: [AccessRestriction], _ writer: Localizer) {
        let shown = rules.prefix(WebLimits.Pages.movedRolesMax)
        title = writer.text("tenantMove.\(kind)")
        rows = shown.map { restriction in
            let actions = restriction.rule.content.permissions.map { writer.text("rules.action.\($0.rawValue)") }
            return TenantMovePage.Role(
                email: restriction.rule.content.name,
                text:
                    "\(actions.joined(separator: writer.text("rules.join.comma"))) · \(writer.text(restriction.outlook))"
            )
        }
        more = rules.count > shown.count ? writer.count("tenantMove.moreRoles", rules.count - shown.count) : nil
        emptyText = writer.text("tenantMove.\(kind)None")
    }

    fileprivate init(_ kind: String, _ roles: [TenantMove.InheritedRole], _ caller: Caller, _ writer: Localizer) {
        let shown = roles.prefix(WebLimits.Pages.movedRolesMax)
        title = writer.text("tenantMove.\(kind)")
        rows = shown.map { right in
            TenantMovePage.Role(
                email: right.holder,
                text: writer.text(
                    "tenantMove.roleAt",
                    [
                        "role": .text(writer.roleName(right.role, right.roleName)),
                        "name": .text(right.tenantName(for: caller) ?? writer.text("tenant.furtherUp")),
                    ]
                )
            )
        }
        more = roles.count > shown.count ? writer.count("tenantMove.moreRoles", roles.count - shown.count) : nil
        emptyText = writer.text("tenantMove.\(kind)None")
    }
}
