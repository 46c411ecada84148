import FoundationEssentials
import HTTPCore
import Portal

/// What the page of the audit log is filtered by, as its address says it.
struct AuditListQuery: Sendable {
    /// Actions in this tenant and below it.
    var tenantID: TenantID?
    /// What the person with this e-mail did; empty for everybody.
    var person = ""
    /// One action, in the words of the API; empty for all.
    var verb = ""
    /// From the beginning of this day, by the reader's clock.
    var since: CalendarDay?
    /// To the end of this day.
    var until: CalendarDay?
    /// The page; nil for the first one.
    var pageToken: String?

    /// Everything, from the newest on.
    init() {}

    /// Reads an address; what it does not understand is not filtered by.
    init(_ query: QueryItems) {
        tenantID = query.first(named: "tenant").flatMap { TenantID($0) }
        let bound = WebLimits.Pages.searchCharactersMax
        person = String((query.first(named: "person") ?? "").filter { !$0.isWhitespace }.prefix(bound))
        verb = String((query.first(named: "verb") ?? "").prefix(bound))
        since = query.first(named: "since").flatMap { CalendarDay($0) }
        until = query.first(named: "until").flatMap { CalendarDay($0) }
        pageToken = query.first(named: "page")
    }

    /// Whether anything is filtered by.
    var isFiltered: Bool { tenantID != nil || !person.isEmpty || !verb.isEmpty || since != nil || until != nil }

    /// The filter for the domain.
    ///
    /// - Parameter zone: Where the reader's days begin and end.
    /// - Returns: What the log is asked for.
    func filter(in zone: TimeZone) -> AuditFilter {
        var filter = AuditFilter()
        filter.tenantID = tenantID
        filter.actorEmail = person.isEmpty ? nil : person
        filter.verb = verb.isEmpty ? nil : verb
        filter.from = since?.start(in: zone)
        filter.to = until?.end(in: zone)
        return filter
    }

    /// The address of a page with the same filters; nil is the first one.
    func href(page token: String?) -> String {
        var query = QueryItems()
        if let tenantID { query.add("tenant", tenantID.description) }
        if !person.isEmpty { query.add("person", person) }
        if !verb.isEmpty { query.add("verb", verb) }
        if let since { query.add("since", since.description) }
        if let until { query.add("until", until.description) }
        if let token { query.add("page", token) }
        let text = query.encoded
        return text.isEmpty ? Route.auditPage.path : "\(Route.auditPage.path)?\(text)"
    }
}
