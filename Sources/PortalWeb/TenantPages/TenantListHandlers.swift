import HTTPCore
import HTTPServer
import Portal

/// The tree of tenants: one branch open at a time, the others collapsed with their counts, and a search over all.
enum TenantListHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantsPage, handler: show)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        let query = TenantListQuery(context.query)
        let responder = PageResponder(context)
        let reader = TenantTreeReader(tenants: context.services.tenants, caller: caller, writer: responder.writer)
        let list = query.isTree ? try await reader.tree(query) : try await reader.list(query)
        let page = TenantListPage(query, rows: list.rows, nextToken: list.nextToken, responder.writer)
        return try responder.respond(page, .init(section: .tenants, fragment: TenantListPage.fragment))
    }
}

/// What the address of the list says.
struct TenantListQuery: Sendable {
    /// A text in the name.
    var text = ""
    /// The tenant whose branch is open.
    var open: TenantID?
    /// Whether to show those that were archived.
    var isArchived = false
    /// The token of the page; nil is the first.
    var pageToken: String?

    /// The tree from its top.
    init() {}

    /// Reads an address; what it does not understand is as if it were not there.
    init(_ query: QueryItems) {
        text = String((query.first(named: "q") ?? "").prefix(WebLimits.Pages.searchCharactersMax))
        open = query.first(named: "open").flatMap { TenantID($0) }
        isArchived = query.first(named: "archived") == "true"
        pageToken = query.first(named: "page").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether there is nothing to look for, so that the tree itself is shown.
    var isTree: Bool { text.isEmpty && !isArchived }

    /// The address of the list.
    var href: String {
        var query = QueryItems()
        if !text.isEmpty { query.add("q", text) }
        if isArchived { query.add("archived", "true") }
        if let open { query.add("open", open.description) }
        if let pageToken { query.add("page", pageToken) }
        let text = query.encoded
        return text.isEmpty ? Route.tenantsPage.path : "\(Route.tenantsPage.path)?\(text)"
    }

    /// The tree with another branch open.
    static func opening(_ id: TenantID?) -> TenantListQuery {
        var query = TenantListQuery()
        query.open = id
        return query
    }

    /// Another page of the same list.
    func page(_ token: String?) -> TenantListQuery {
        var copy = self
        copy.pageToken = token
        return copy
    }
}

extension TenantListPage {
    /// The list with its rows.
    init(_ query: TenantListQuery, rows: [Row], nextToken: String?, _ writer: Localizer) {
        var archived = TenantListQuery()
        archived.isArchived = true
        title = writer.text("tenants.title")
        tabs = [
            Tab(
                href: TenantListQuery().href,
                label: writer.text("tenants.live"),
                isCurrent: !query.isArchived
            ),
            Tab(href: archived.href, label: writer.text("tenants.archived"), isCurrent: query.isArchived),
        ]
        action = Route.tenantsPage.path
        self.query = query.text
        self.archived = query.isArchived ? "true" : nil
        clearHref = query.text.isEmpty ? nil : (query.isArchived ? archived.href : TenantListQuery().href)
        self.rows = rows
        pager =
            query.pageToken == nil && nextToken == nil
            ? nil
            : .init(
                summary: "",
                firstHref: query.pageToken == nil ? nil : query.page(nil).href,
                previousHref: nil,
                nextHref: nextToken.map { query.page($0).href }
            )
        empty = rows.isEmpty ? Self.empty(query, writer) : nil
    }

    private static func empty(_ query: TenantListQuery, _ writer: Localizer) -> EmptyModel {
        if !query.text.isEmpty {
            return EmptyModel(
                icon: "search",
                title: writer.text("tenants.noneMatchTitle"),
                text: writer.text("tenants.noneMatchText")
            )
        }
        let kind = query.isArchived ? "noneArchived" : "none"
        return EmptyModel(
            icon: "tenant",
            title: writer.text("tenants.\(kind)Title"),
            text: writer.text("tenants.\(kind)Text")
        )
    }
}
