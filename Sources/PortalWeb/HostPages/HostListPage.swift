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
        let vclustersHref: String
        let createdAt: TimeText
    }
}
