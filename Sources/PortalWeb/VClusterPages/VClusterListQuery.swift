import HTTPCore
import Portal

/// The filters and the page of the list, as its address holds them.
struct VClusterListQuery: Sendable {
    /// The group of phases; nil shows all.
    var group: PhaseGroup?
    /// A text in the name.
    var text = ""
    /// A tenant with everything below it.
    var tenantID: TenantID?
    /// A host.
    var hostID: HostID?
    /// What the vclusters are for.
    var environment: VClusterEnvironment?
    /// The token of the page; nil is the first.
    var pageToken: String?
    /// The tokens of the pages before, the nearest last; the first page has none.
    var trail: [String] = []

    /// The list of one group, from its start.
    init(group: PhaseGroup? = nil) {
        self.group = group
    }

    /// Reads an address.
    ///
    /// What it does not understand is as if it were not there.
    init(_ query: QueryItems) {
        group = query.first(named: "status").flatMap(PhaseGroup.init(rawValue:))
        text = String((query.first(named: "q") ?? "").prefix(WebLimits.Pages.searchCharactersMax)).trimmingCharacters
        tenantID = query.first(named: "tenant").flatMap { TenantID($0) }
        hostID = query.first(named: "host").flatMap { HostID($0) }
        environment = query.first(named: "environment").flatMap(VClusterEnvironment.init(rawValue:))
        pageToken = query.first(named: "page").flatMap { $0.isEmpty ? nil : $0 }
        trail = query.all(named: "before").suffix(WebLimits.Pages.trailMax).map { $0 }
    }

    /// Whether anything narrows the list beside the group.
    var isFiltered: Bool { !text.isEmpty || tenantID != nil || hostID != nil || environment != nil }

    /// The filter for the domain.
    var filter: VClusterFilter {
        VClusterFilter(
            tenantID: tenantID,
            phases: group?.phases ?? [],
            hostID: hostID,
            environment: environment,
            query: text.isEmpty ? nil : text
        )
    }

    /// The address of the list.
    var href: String {
        var query = QueryItems()
        if let group { query.add("status", group.rawValue) }
        if !text.isEmpty { query.add("q", text) }
        if let tenantID { query.add("tenant", tenantID.description) }
        if let hostID { query.add("host", hostID.description) }
        if let environment { query.add("environment", environment.rawValue) }
        if let pageToken { query.add("page", pageToken) }
        for token in trail { query.add("before", token) }
        let text = query.encoded
        return text.isEmpty ? Route.vclustersPage.path : "\(Route.vclustersPage.path)?\(text)"
    }

    /// The same filters with another group, from the first page.
    func with(group: PhaseGroup?) -> VClusterListQuery {
        var copy = firstPage
        copy.group = group
        return copy
    }

    /// The first page with the same filters.
    var firstPage: VClusterListQuery {
        var copy = self
        copy.pageToken = nil
        copy.trail = []
        return copy
    }

    /// The page after this one.
    func next(_ token: String) -> VClusterListQuery {
        var copy = self
        copy.trail = Array((trail + [pageToken].compactMap { $0 }).suffix(WebLimits.Pages.trailMax))
        copy.pageToken = token
        return copy
    }

    /// The page before this one; the first page where the address does not remember it, nil on the first page.
    var previous: VClusterListQuery? {
        guard pageToken != nil else { return nil }
        var copy = self
        copy.pageToken = copy.trail.popLast()
        return copy
    }
}

extension String {
    /// The text without spaces at its ends.
    fileprivate var trimmingCharacters: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
