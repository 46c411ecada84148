/// The roles as a matrix of what they permit, and the custom ones with the way to change them.
struct RoleListPage: PageModel {
    static let template = "admin/roles"

    let title: String
    let newHref: String?
    let columns: [Column]
    let groups: [Group]
    let customRows: [Row]
    let pager: VClusterListPage.Pager?
    let customEmpty: String

    /// A role of the matrix.
    struct Column: Sendable {
        let name: String
        let note: String?
    }

    /// The permissions on one kind of thing.
    struct Group: Sendable {
        let title: String
        let span: Int
        let permissions: [Permission]
    }

    /// A permission and which roles have it, in the order of the columns.
    struct Permission: Sendable {
        let name: String
        let text: String
        let cells: [Cell]
    }

    /// Whether a role has a permission.
    struct Cell: Sendable {
        let isHeld: Bool
        let text: String
    }

    /// A custom role.
    struct Row: Sendable {
        let href: String
        let name: String
        let note: String?
        let tenant: String
        let count: String
    }
}
