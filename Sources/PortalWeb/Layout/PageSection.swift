import Portal

/// The sections of the portal in the order of the navigation.
enum PageSection: String, CaseIterable {
    case home, vclusters, requests, tenants, hosts, users, groups, roles, serviceAccounts, audit

    /// The first page of the section.
    var route: Route {
        switch self {
        case .home: .homePage
        case .vclusters: .vclustersPage
        case .requests: .requestsPage
        case .tenants: .tenantsPage
        case .hosts: .hostsPage
        case .users: .adminUsersPage
        case .groups: .adminGroupsPage
        case .roles: .adminRolesPage
        case .serviceAccounts: .serviceAccountsPage
        case .audit: .auditPage
        }
    }

    /// The icon in the navigation.
    var icon: String {
        switch self {
        case .home: "home"
        case .vclusters: "vcluster"
        case .requests: "check"
        case .tenants: "tenant"
        case .hosts: "host"
        case .users: "user"
        case .groups: "group"
        case .roles: "key"
        case .serviceAccounts: "code"
        case .audit: "audit"
        }
    }

    /// Whether the reader may open the section.
    func isVisible(to caller: Caller) -> Bool {
        switch self {
        case .home, .vclusters, .requests: true
        case .tenants: !caller.readableRoots.isEmpty
        case .hosts: caller.has(.hostsManage)
        case .users: caller.has(.usersManage)
        case .groups, .serviceAccounts: caller.seesMembers
        case .roles: caller.managesRoles
        case .audit: caller.bindings.contains { $0.permissions.contains(.auditRead) }
        }
    }
}
