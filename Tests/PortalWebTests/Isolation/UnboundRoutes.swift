@testable import PortalWeb

/// The routes that belong to no tenant, each with the reason; every other one is tested as bound to one.
enum UnboundRoutes {
    /// By path: the path itself and everything below it.
    static let reasons: [String: String] = [
        "/api/v1/auth": "signs the caller in and out, before there is a tenant",
        "/api/v1/me": "the caller's own account",
        "/api/v1/hosts": "host clusters belong to the organization; needs hosts.read or hosts.manage",
        "/api/v1/quota-drift": "compares the books of the whole installation with its hosts; needs hosts.manage",
        "/api/v1/templates": "templates belong to the organization and are offered to everybody",
        "/api/v1/users": "accounts belong to the organization; needs users.manage, which only its root gives",
        "/healthz": "a probe without data of tenants",
        "/readyz": "a probe without data of tenants",
        "/metrics": "counts of the whole installation, without ids or names",
        "/openapi.yaml": "the description itself",
        "/openapi.json": "the description itself",
        "/docs": "the explorer of the description",
        "/static": "files",
        "/login": "signs the caller in, before there is a tenant",
        "/logout": "signs the caller out",
        "/preferences": "the caller's own account",
        "/invitations": "opened with the secret of a link, before there is a caller",
        "/reset-password": "opened with the secret of a link, before there is a caller",
        "/account": "the caller's own account",
        "/hosts": "host clusters belong to the organization; needs hosts.read",
        "/admin/users": "accounts belong to the organization; needs users.manage, which only its root gives",
    ]

    /// Texts whose examples look like anybody's names.
    static let descriptions: Set<RoutePattern> = [.openAPIDocument, .openAPIDocumentAsJSON]

    /// Why a path is unbound; nil when it is not.
    static func reason(_ path: String) -> String? {
        guard !lists.contains(path) else { return nil }
        return reasons.first { path == $0.key || path.hasPrefix($0.key + "/") }?.value
    }

    /// Paths without an id that belong to the caller's tenants: what they answer must have nothing of others in it.
    ///
    /// A new one has to be put here, which makes somebody look at it.
    static let lists: Set<String> = [
        "/api/v1/me/permissions", "/api/v1/tokens", "/api/v1/roles", "/api/v1/groups", "/api/v1/access-rules",
        "/api/v1/access-rules:explain", "/api/v1/approval-policies", "/api/v1/requests", "/api/v1/tenants",
        "/api/v1/vclusters", "/api/v1/vclusters:watch",
        "/api/v1/operations", "/api/v1/audit", "/api/v1/invitations", "/api/v1/service-accounts",
        "/", "/vclusters", "/vclusters/new", "/audit", "/tenants", "/admin/roles", "/admin/roles/new",
        "/admin/groups", "/admin/service-accounts", "/requests", "/admin/invitations",
    ]
}
