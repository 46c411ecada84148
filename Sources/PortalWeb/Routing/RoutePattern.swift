/// The path templates the portal answers, in the notation of OpenAPI.
///
/// The raw value is the only place where a path is spelled: the router matches by it, `Route` links by it,
/// and a test compares it with `openapi.yaml`. A template has at most one parameter: `{id}` is one segment,
/// `{path}` is the rest of the path.
public enum RoutePattern: String, CaseIterable, Sendable {
    // Identity.
    case login = "/api/v1/auth/login"
    case logout = "/api/v1/auth/logout"
    case me = "/api/v1/me"
    case myPermissions = "/api/v1/me/permissions"
    case myPassword = "/api/v1/me/password"
    case myNotices = "/api/v1/me/notices"
    case mySessions = "/api/v1/me/sessions"
    case mySession = "/api/v1/me/sessions/{id}"
    case mySessionsEndOthers = "/api/v1/me/sessions/end-others"
    case userUnlock = "/api/v1/users/{id}/unlock"
    case serviceAccountCertificates = "/api/v1/service-accounts/{id}/certificates"
    case clientCertificate = "/api/v1/client-certificates/{id}"
    case tokens = "/api/v1/tokens"
    case token = "/api/v1/tokens/{id}"
    case roles = "/api/v1/roles"
    case role = "/api/v1/roles/{id}"
    case groups = "/api/v1/groups"
    case group = "/api/v1/groups/{id}"
    case groupMembers = "/api/v1/groups/{id}/members"
    case users = "/api/v1/users"
    case user = "/api/v1/users/{id}"
    case userDisable = "/api/v1/users/{id}/disable"
    case userEnable = "/api/v1/users/{id}/enable"
    case userResetPassword = "/api/v1/users/{id}/reset-password"
    case userTokens = "/api/v1/users/{id}/tokens"
    case invitations = "/api/v1/invitations"
    case invitation = "/api/v1/invitations/{id}"
    case invitationResend = "/api/v1/invitations/{id}/resend"
    case serviceAccounts = "/api/v1/service-accounts"
    case serviceAccount = "/api/v1/service-accounts/{id}"
    case serviceAccountTokens = "/api/v1/service-accounts/{id}/tokens"

    // Tenants.
    case tenants = "/api/v1/tenants"
    case tenant = "/api/v1/tenants/{id}"
    case tenantMembers = "/api/v1/tenants/{id}/members"
    case tenantQuota = "/api/v1/tenants/{id}/quota"
    case tenantQuotaSimulate = "/api/v1/tenants/{id}/quota:simulate"
    case quotaLoans = "/api/v1/tenants/{id}/quota/loans"
    case quotaLoan = "/api/v1/quota-loans/{id}"
    case quotaDrift = "/api/v1/quota-drift"
    case tenantMove = "/api/v1/tenants/{id}/move"
    case tenantArchive = "/api/v1/tenants/{id}/archive"
    case tenantUnarchive = "/api/v1/tenants/{id}/unarchive"
    case tenantAccess = "/api/v1/tenants/{id}/access"

    // VClusters.
    case vclusters = "/api/v1/vclusters"
    case vclustersWatch = "/api/v1/vclusters:watch"
    case vcluster = "/api/v1/vclusters/{id}"
    case vclusterSuspend = "/api/v1/vclusters/{id}/suspend"
    case vclusterResume = "/api/v1/vclusters/{id}/resume"
    case vclusterScale = "/api/v1/vclusters/{id}/scale"
    case vclusterRetry = "/api/v1/vclusters/{id}/retry"
    case vclusterUndelete = "/api/v1/vclusters/{id}/undelete"
    case vclusterClone = "/api/v1/vclusters/{id}/clone"
    case vclusterSnapshots = "/api/v1/vclusters/{id}/snapshots"
    case vclusterRestore = "/api/v1/vclusters/{id}/restore"
    case snapshot = "/api/v1/snapshots/{id}"
    case vclusterKubeconfig = "/api/v1/vclusters/{id}/kubeconfig"
    case vclusterUsage = "/api/v1/vclusters/{id}/usage"
    case vclusterEvents = "/api/v1/vclusters/{id}/events"

    // Operations.
    case operations = "/api/v1/operations"
    case operation = "/api/v1/operations/{id}"
    case operationEvents = "/api/v1/operations/{id}/events"
    case operationCancel = "/api/v1/operations/{id}/cancel"
    case operationLog = "/api/v1/operations/{id}/log"

    // Hosts and templates.
    case hosts = "/api/v1/hosts"
    case host = "/api/v1/hosts/{id}"
    case hostCheck = "/api/v1/hosts/{id}/check"
    case hostReleases = "/api/v1/hosts/{id}/releases"
    case hostAdopt = "/api/v1/hosts/{id}/adopt"
    case templates = "/api/v1/templates"
    case template = "/api/v1/templates/{id}"

    case accessRules = "/api/v1/access-rules"
    case accessRule = "/api/v1/access-rules/{id}"
    case accessRulesExplain = "/api/v1/access-rules:explain"
    case approvalPolicies = "/api/v1/approval-policies"
    case approvalPolicy = "/api/v1/approval-policies/{id}"
    case requests = "/api/v1/requests"
    case request = "/api/v1/requests/{id}"
    case requestApprove = "/api/v1/requests/{id}/approve"
    case requestReject = "/api/v1/requests/{id}/reject"
    case requestCancel = "/api/v1/requests/{id}/cancel"
    case requestComments = "/api/v1/requests/{id}/comments"
    case audit = "/api/v1/audit"

    // Unversioned, for machines.
    case health = "/healthz"
    case readiness = "/readyz"
    case metrics = "/metrics"
    case openAPIDocument = "/openapi.yaml"
    case openAPIDocumentAsJSON = "/openapi.json"
    case explorer = "/docs"
    case staticFile = "/static/{path}"

    // Pages.
    case homePage = "/"
    case loginPage = "/login"
    case logoutPage = "/logout"
    case providerSignIn = "/login/oidc/{id}"
    case providerCallback = "/login/oidc/{id}/callback"
    case providerSignOut = "/login/oidc/{id}/logout"
    case preferencesPage = "/preferences"
    case invitationPage = "/invitations/{id}"
    case passwordResetPage = "/reset-password/{id}"
    case securityPage = "/account/security"
    case securityPagePassword = "/account/security/password"
    case securityPageSeen = "/account/security/seen"
    case ownTokensPage = "/account/tokens"
    case ownTokensPageRevoke = "/account/tokens/revoke"
    case securityPageEndOthers = "/account/security/end-others"
    case securityPageEndSession = "/account/security/sessions/{id}/end"
    case vclustersPage = "/vclusters"
    case vclusterNewPage = "/vclusters/new"
    case vclusterPage = "/vclusters/{id}"
    case vclusterPageSuspend = "/vclusters/{id}/suspend"
    case vclusterPageResume = "/vclusters/{id}/resume"
    case vclusterPageScale = "/vclusters/{id}/scale"
    case vclusterPageRetry = "/vclusters/{id}/retry"
    case vclusterPageDelete = "/vclusters/{id}/delete"
    case vclusterPageUndelete = "/vclusters/{id}/undelete"
    case vclusterPageClone = "/vclusters/{id}/clone"
    case vclusterPageSnapshots = "/vclusters/{id}/snapshots"
    case snapshotPageRestore = "/snapshots/{id}/restore"
    case snapshotPageDelete = "/snapshots/{id}/delete"
    case vclusterPageKubeconfig = "/vclusters/{id}/kubeconfig"
    case operationPage = "/operations/{id}"
    case operationPageCancel = "/operations/{id}/cancel"
    case tenantsPage = "/tenants"
    case tenantPage = "/tenants/{id}"
    case tenantPageCreate = "/tenants/{id}/children"
    case tenantPageRename = "/tenants/{id}/rename"
    case tenantPageMove = "/tenants/{id}/move"
    case tenantPageArchive = "/tenants/{id}/archive"
    case tenantPageUnarchive = "/tenants/{id}/unarchive"
    case tenantPageDelete = "/tenants/{id}/delete"
    case tenantPageMembers = "/tenants/{id}/members"
    case tenantPageMemberRemoval = "/tenants/{id}/members/remove"
    case tenantPageQuota = "/tenants/{id}/quota"
    case tenantPageLoans = "/tenants/{id}/loans"
    case tenantPageLoanReturn = "/tenants/{id}/loans/return"
    case tenantPageAccess = "/tenants/{id}/access"
    case tenantPageRules = "/tenants/{id}/rules"
    case tenantPageRuleNew = "/tenants/{id}/rules/new"
    case tenantPageRulesExplain = "/tenants/{id}/rules/explain"
    case tenantPagePolicies = "/tenants/{id}/policies"
    case tenantPagePolicyNew = "/tenants/{id}/policies/new"
    case approvalPolicyPage = "/approval-policies/{id}"
    case approvalPolicyPageDelete = "/approval-policies/{id}/delete"
    case requestsPage = "/requests"
    case requestPage = "/requests/{id}"
    case requestPageApprove = "/requests/{id}/approve"
    case requestPageReject = "/requests/{id}/reject"
    case requestPageCancel = "/requests/{id}/cancel"
    case requestPageComment = "/requests/{id}/comments"
    case accessRulePage = "/access-rules/{id}"
    case accessRulePageDelete = "/access-rules/{id}/delete"
    case adminUsersPage = "/admin/users"
    case adminUserPage = "/admin/users/{id}"
    case adminUserPageDisable = "/admin/users/{id}/disable"
    case adminUserPageEnable = "/admin/users/{id}/enable"
    case adminUserPageReset = "/admin/users/{id}/reset-password"
    case adminUserPageUnlock = "/admin/users/{id}/unlock"
    case adminUserPageTokenRevoke = "/admin/users/{id}/tokens/revoke"
    case adminInvitationsPage = "/admin/invitations"
    case adminInvitationPageResend = "/admin/invitations/{id}/resend"
    case adminInvitationPageRevoke = "/admin/invitations/{id}/revoke"
    case adminGroupsPage = "/admin/groups"
    case adminGroupPage = "/admin/groups/{id}"
    case adminGroupPageDelete = "/admin/groups/{id}/delete"
    case adminGroupPageMembers = "/admin/groups/{id}/members"
    case adminGroupPageMemberRemoval = "/admin/groups/{id}/members/remove"
    case serviceAccountsPage = "/admin/service-accounts"
    case serviceAccountPage = "/admin/service-accounts/{id}"
    case serviceAccountPageRename = "/admin/service-accounts/{id}/rename"
    case serviceAccountPageDisable = "/admin/service-accounts/{id}/disable"
    case serviceAccountPageEnable = "/admin/service-accounts/{id}/enable"
    case serviceAccountPageDelete = "/admin/service-accounts/{id}/delete"
    case serviceAccountPageRoles = "/admin/service-accounts/{id}/roles"
    case serviceAccountPageRoleRemoval = "/admin/service-accounts/{id}/roles/remove"
    case serviceAccountPageTokens = "/admin/service-accounts/{id}/tokens"
    case serviceAccountPageTokenRevoke = "/admin/service-accounts/{id}/tokens/revoke"
    case serviceAccountPageCertificates = "/admin/service-accounts/{id}/certificates"
    case serviceAccountPageCertificateRemoval = "/admin/service-accounts/{id}/certificates/remove"
    case adminRolesPage = "/admin/roles"
    case adminRoleNewPage = "/admin/roles/new"
    case adminRolePage = "/admin/roles/{id}"
    case adminRolePageDelete = "/admin/roles/{id}/delete"
    case hostsPage = "/hosts"
    case auditPage = "/audit"

    /// Who is served at this path, which decides how errors look and what is cached.
    public var audience: RouteAudience {
        if rawValue.hasPrefix("/api/") { return .api }
        switch self {
        case .health, .readiness, .metrics, .openAPIDocument, .openAPIDocumentAsJSON: return .machine
        case .explorer, .staticFile: return .asset
        default: return .page
        }
    }

    /// Whether the parameter is a secret, which no log may have.
    var hasSecret: Bool { self == .invitationPage || self == .passwordResetPage }

    /// The segments after the leading slash; empty for `/`.
    var segments: [PatternSegment] {
        rawValue.split(separator: "/").map { segment in
            switch segment {
            case "{id}": .parameter
            case "{path}": .rest
            default: .literal(String(segment))
            }
        }
    }
}

/// The groups of routes that differ in authentication, errors and caching.
public enum RouteAudience: Sendable {
    /// JSON under `/api/v1`: cookie or bearer, problem+json.
    case api
    /// Probes, metrics and the API description: no authentication, problem+json.
    case machine
    /// Files and the explorer: no authentication, cacheable.
    case asset
    /// HTML: cookie, forms, error pages.
    case page
}

/// One segment of a path template.
enum PatternSegment: Hashable {
    case literal(String)
    case parameter
    case rest
}
