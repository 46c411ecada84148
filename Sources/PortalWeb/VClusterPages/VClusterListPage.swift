/// The vclusters a reader may see, with filters and pages.
struct VClusterListPage: PageModel {
    static let template = "vclusters/index"
    /// The part that is fetched again when something changes or a filter is set.
    static let fragment = "vclusters/_panel"

    let title: String
    let lead: String
    let newHref: String?
    let watchHref: String
    /// This list with its filters and page, to fetch it again.
    let currentHref: String
    let tabs: [Tab]
    /// The group of phases shown; nil for all.
    let status: String?
    let query: String
    let selects: [SelectModel]
    /// All vclusters again; nil while no filter is set.
    let clearHref: String?
    let rows: [Row]
    let pager: Pager?
    let empty: EmptyModel?

    /// A group of phases.
    struct Tab: Sendable {
        let href: String
        let label: String
        let count: String
        let isCurrent: Bool
    }

    /// One vcluster.
    struct Row: Sendable {
        let id: String
        let href: String
        let name: String
        let tenant: String
        let badge: BadgeModel
        let reason: String?
        let environment: String?
        let version: String
        let host: String
        /// The word “simulated” for vclusters that are not real.
        let simulated: String?
        let createdAt: TimeText
    }

    /// The neighbours of the page.
    struct Pager: Sendable {
        let summary: String
        let firstHref: String?
        let previousHref: String?
        let nextHref: String?
    }
}
