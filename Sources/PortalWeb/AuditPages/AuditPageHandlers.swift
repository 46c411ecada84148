import Foundation
import HTTPCore
import HTTPServer
import Portal

/// The audit log, to look at.
enum AuditPageHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .auditPage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let query = AuditListQuery(context.query)
        let zone = TimeZone(identifier: caller.user.timeZone) ?? .gmt
        let request = try PageRequest(token: query.pageToken)
        let page = try await context.services.audit.list(query.filter(in: zone), request, as: caller)
        let choices = try await context.services.tenants.choices(
            holding: .auditRead,
            including: query.tenantID,
            as: caller
        )
        let responder = PageResponder(context)
        let model = AuditListPage(page, query, choices, responder.writer)
        return try responder.respond(model, .init(section: .audit))
    }
}

extension AuditListPage {
    /// One page of the log.
    init(_ page: Page<AuditEvent>, _ query: AuditListQuery, _ tenants: TenantChoices, _ writer: Localizer) {
        title = writer.text("audit.title")
        filters = Filters(query, tenants, writer)
        rows = page.items.map { Row($0, writer) }
        let isFirst = query.pageToken == nil
        pager =
            isFirst && page.nextPageToken == nil
            ? nil
            : VClusterListPage.Pager(
                summary: "",
                firstHref: isFirst ? nil : query.href(page: nil),
                previousHref: nil,
                nextHref: page.nextPageToken.map { query.href(page: $0) }
            )
        let kind = query.isFiltered ? "none" : "empty"
        empty =
            page.items.isEmpty
            ? EmptyModel(
                icon: "audit",
                title: writer.text("audit.\(kind)Title"),
                text: writer.text("audit.\(kind)Text")
            )
            : nil
    }
}

extension AuditListPage.Filters {
    /// The form with what is filtered by.
    init(_ query: AuditListQuery, _ tenants: TenantChoices, _ writer: Localizer) {
        action = Route.auditPage.path
        person = query.person
        clearHref = query.isFiltered ? Route.auditPage.path : nil
        var verbs = AuditVerb.allCases.map(\.rawValue)
        // The log may have others, of other versions: they are shown in the words of the API.
        if !query.verb.isEmpty, !verbs.contains(query.verb) { verbs.append(query.verb) }
        let options = verbs.map { verb in
            OptionModel(value: verb, label: writer.auditVerb(verb), isSelected: verb == query.verb)
        }
        func select(_ name: String, all: String, isAll: Bool, _ options: [OptionModel]) -> SelectModel {
            SelectModel(
                id: "audit-\(name)",
                name: name,
                label: writer.text("audit.\(name)"),
                options: [OptionModel(value: "", label: writer.text(all), isSelected: isAll)] + options
            )
        }
        selects = [
            select(
                "tenant",
                all: "vclusters.allTenants",
                isAll: query.tenantID == nil,
                TenantNames(tenants.lineage).options(tenants.offered, selected: query.tenantID)
            ),
            select("verb", all: "audit.allVerbs", isAll: query.verb.isEmpty, options),
        ]
        days = [("since", query.since), ("until", query.until)].map { name, day in
            FieldModel(
                id: "audit-\(name)",
                name: name,
                label: writer.text("audit.\(name)"),
                value: day?.description ?? "",
                type: "date"
            )
        }
    }
}

extension AuditListPage.Row {
    fileprivate init(_ event: AuditEvent, _ writer: Localizer) {
        let name = event.object.name.isEmpty ? event.object.id : event.object.name
        self.init(
            verb: writer.auditVerb(event.verb),
            object: name,
            note: writer.auditKind(event.object.kind),
            badge: BadgeModel(writer.text("audit.\(event.result.rawValue)"), event.result.look),
            actor: event.actorName,
            time: writer.time(event.at)
        )
    }
}
