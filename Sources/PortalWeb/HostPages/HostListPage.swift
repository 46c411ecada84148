/// The host clusters, for administrators.
struct HostListPage: PageModel {
    static let template = "hosts/index"

    let title: String
    let rows: [Row]
    let empty: EmptyModel?

    /// One host.
    struct Row: Sendable {
        let name: String
        let note: String?
        let badge: BadgeModel
        let driver: String
        let simulated: String?
        let loads: [Load]
        let vclustersHref: String
        let createdAt: TimeText
    }

    /// How much of one dimension of a host is reserved.
    struct Load: Sendable {
        let name: String
        /// For people: `12 of 64 · 18 %`.
        let text: String
        /// Of what may be reserved, 0 … 100.
        let percent: Int
        let tone: String
        let badge: BadgeModel
    }
}
