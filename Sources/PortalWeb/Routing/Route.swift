public import Portal

/// A link to something in the portal: a path template with its parameter filled in.
///
/// Views and `Location` headers are written with this type, never with string paths.
public enum Route: Hashable, Sendable {
    case login, logout, me, tokens, tenants, vclusters, vclustersWatch, operations, hosts, templates, audit
    case token(TokenID)
    case role(RoleReference)
    case group(GroupID)
    case user(UserID)
    case serviceAccount(UserID)
    case invitationPage(String)
    case passwordResetPage(String)
    case tenant(TenantID)
    case tenantMembers(TenantID)
    case quotaLoan(QuotaLoanID)
    case tenantQuota(TenantID)
    case vcluster(VClusterID)
    case vclusterAction(VClusterAction, VClusterID)
    case vclusterKubeconfig(VClusterID)
    case vclusterUsage(VClusterID)
    case vclusterEvents(VClusterID)
    case vclusterSnapshots(VClusterID)
    case snapshot(SnapshotID)
    case operation(OperationID)
    case operationEvents(OperationID)
    case operationCancel(OperationID)
    case operationLog(OperationID)
    case host(HostID)
    case template(TemplateID)
    case accessRule(AccessRuleID)
    case approvalPolicy(ApprovalPolicyID)
    case request(ApprovalRequestID)
    case openAPIDocument, explorer
    case staticFile(String)

    case homePage, loginPage, logoutPage, preferencesPage, vclustersPage, vclusterNewPage
    case providerSignIn(String), providerCallback(String), providerSignOut(String)
    case securityPage, securityPagePassword, securityPageSeen
    case ownTokensPage
    case ownTokensPageRevoke
    case securityPageEndOthers
    case securityPageEndSession(SessionID)
    case vclusterPage(VClusterID)
    case vclusterPageAction(VClusterPageAction, VClusterID)
    case vclusterPageKubeconfig(VClusterID)
    case vclusterPageSnapshots(VClusterID)
    case snapshotPageRestore(SnapshotID)
    case snapshotPageDelete(SnapshotID)
    case operationPage(OperationID)
    case operationPageCancel(OperationID)
    case tenantsPage
    case tenantPage(TenantID)
    case tenantPageCreate(TenantID)
    case tenantPageRename(TenantID)
    case tenantPageMove(TenantID)
    case tenantPageArchive(TenantID)
    case tenantPageUnarchive(TenantID)
    case tenantPageDelete(TenantID)
    case tenantPageMembers(TenantID)
    case tenantPageMemberRemoval(TenantID)
    case tenantPageQuota(TenantID)
    case tenantPageLoans(TenantID)
    case tenantPageLoanReturn(TenantID)
    case tenantPageAccess(TenantID)
    case tenantPageRules(TenantID)
    case tenantPageRuleNew(TenantID)
    case tenantPageRulesExplain(TenantID)
    case tenantPagePolicies(TenantID)
    case tenantPagePolicyNew(TenantID)
    case approvalPolicyPage(ApprovalPolicyID)
    case approvalPolicyPageDelete(ApprovalPolicyID)
    case requestsPage
    case requestPage(ApprovalRequestID)
    case requestPageApprove(ApprovalRequestID)
    case requestPageReject(ApprovalRequestID)
    case requestPageCancel(ApprovalRequestID)
    case requestPageComment(ApprovalRequestID)
    case accessRulePage(AccessRuleID)
    case accessRulePageDelete(AccessRuleID)
    case adminUsersPage
    case adminUserPage(UserID)
    case adminUserPageDisable(UserID)
    case adminUserPageEnable(UserID)
    case adminUserPageReset(UserID)
    case adminUserPageUnlock(UserID)
    case adminUserPageTokenRevoke(UserID)
    case adminInvitationsPage
    case adminInvitationPageResend(AccountLinkID)
    case adminInvitationPageRevoke(AccountLinkID)
    case adminGroupsPage
    case adminGroupPage(GroupID)
    case adminGroupPageDelete(GroupID)
    case adminGroupPageMembers(GroupID)
    case adminGroupPageMemberRemoval(GroupID)
    case serviceAccountsPage
    case serviceAccountPage(UserID)
    case serviceAccountPageRename(UserID)
    case serviceAccountPageDisable(UserID)
    case serviceAccountPageEnable(UserID)
    case serviceAccountPageDelete(UserID)
    case serviceAccountPageRoles(UserID)
    case serviceAccountPageRoleRemoval(UserID)
    case serviceAccountPageTokens(UserID)
    case serviceAccountPageTokenRevoke(UserID)
    case serviceAccountPageCertificates(UserID)
    case serviceAccountPageCertificateRemoval(UserID)
    case adminRolesPage, adminRoleNewPage
    case adminRolePage(RoleID)
    case adminRolePageDelete(RoleID)
    case hostsPage, auditPage

    /// The verbs of the REST API on one vcluster.
    public enum VClusterAction: String, CaseIterable, Sendable {
        case suspend, resume, scale, retry, undelete, clone, restore
    }

    /// The form actions of the page of one vcluster.
    public enum VClusterPageAction: String, CaseIterable, Sendable {
        case suspend, resume, scale, retry, delete, undelete, clone
    }

    /// The path of the link, with no query.
    public var path: String {
        let template = pattern.rawValue
        guard let parameter, let open = template.firstIndex(of: "{"), let close = template.firstIndex(of: "}") else {
            return template
        }
        return template.replacingCharacters(in: open...close, with: parameter)
    }

    /// The template that the link fills in.
    public var pattern: RoutePattern { templateAndParameter.0 }

    private var parameter: String? { templateAndParameter.1 }

    private var templateAndParameter: (RoutePattern, String?) {
        switch self {
        case .login: (.login, nil)
        case .logout: (.logout, nil)
        case .me: (.me, nil)
        case .tokens: (.tokens, nil)
        case .token(let id): (.token, id.description)
        case .role(let reference): (.role, reference.description)
        case .group(let id): (.group, id.description)
        case .user(let id): (.user, id.description)
        case .serviceAccount(let id): (.serviceAccount, id.description)
        case .invitationPage(let secret): (.invitationPage, secret)
        case .passwordResetPage(let secret): (.passwordResetPage, secret)
        case .tenants: (.tenants, nil)
        case .tenant(let id): (.tenant, id.description)
        case .tenantMembers(let id): (.tenantMembers, id.description)
        case .tenantQuota(let id): (.tenantQuota, id.description)
        case .quotaLoan(let id): (.quotaLoan, id.description)
        case .vclusters: (.vclusters, nil)
        case .vclustersWatch: (.vclustersWatch, nil)
        case .vcluster(let id): (.vcluster, id.description)
        case .vclusterAction(let action, let id): (action.pattern, id.description)
        case .vclusterKubeconfig(let id): (.vclusterKubeconfig, id.description)
        case .vclusterUsage(let id): (.vclusterUsage, id.description)
        case .vclusterEvents(let id): (.vclusterEvents, id.description)
        case .vclusterSnapshots(let id): (.vclusterSnapshots, id.description)
        case .snapshot(let id): (.snapshot, id.description)
        case .operations: (.operations, nil)
        case .operation(let id): (.operation, id.description)
        case .operationEvents(let id): (.operationEvents, id.description)
        case .operationCancel(let id): (.operationCancel, id.description)
        case .operationLog(let id): (.operationLog, id.description)
        case .hosts: (.hosts, nil)
        case .host(let id): (.host, id.description)
        case .templates: (.templates, nil)
        case .template(let id): (.template, id.description)
        case .accessRule(let id): (.accessRule, id.description)
        case .approvalPolicy(let id): (.approvalPolicy, id.description)
        case .request(let id): (.request, id.description)
        case .audit: (.audit, nil)
        case .openAPIDocument: (.openAPIDocument, nil)
        case .explorer: (.explorer, nil)
        case .staticFile(let path): (.staticFile, path)
        case .homePage: (.homePage, nil)
        case .loginPage: (.loginPage, nil)
        case .logoutPage: (.logoutPage, nil)
        case .preferencesPage: (.preferencesPage, nil)
        case .providerSignIn(let id): (.providerSignIn, id)
        case .providerCallback(let id): (.providerCallback, id)
        case .providerSignOut(let id): (.providerSignOut, id)
        case .securityPage: (.securityPage, nil)
        case .securityPagePassword: (.securityPagePassword, nil)
        case .securityPageSeen: (.securityPageSeen, nil)
        case .ownTokensPage: (.ownTokensPage, nil)
        case .ownTokensPageRevoke: (.ownTokensPageRevoke, nil)
        case .securityPageEndOthers: (.securityPageEndOthers, nil)
        case .securityPageEndSession(let id): (.securityPageEndSession, id.description)
        case .vclustersPage: (.vclustersPage, nil)
        case .vclusterNewPage: (.vclusterNewPage, nil)
        case .vclusterPage(let id): (.vclusterPage, id.description)
        case .vclusterPageAction(let action, let id): (action.pattern, id.description)
        case .vclusterPageKubeconfig(let id): (.vclusterPageKubeconfig, id.description)
        case .vclusterPageSnapshots(let id): (.vclusterPageSnapshots, id.description)
        case .snapshotPageRestore(let id): (.snapshotPageRestore, id.description)
        case .snapshotPageDelete(let id): (.snapshotPageDelete, id.description)
        case .operationPage(let id): (.operationPage, id.description)
        case .operationPageCancel(let id): (.operationPageCancel, id.description)
        case .tenantsPage: (.tenantsPage, nil)
        case .tenantPage(let id): (.tenantPage, id.description)
        case .tenantPageCreate(let id): (.tenantPageCreate, id.description)
        case .tenantPageRename(let id): (.tenantPageRename, id.description)
        case .tenantPageMove(let id): (.tenantPageMove, id.description)
        case .tenantPageArchive(let id): (.tenantPageArchive, id.description)
        case .tenantPageUnarchive(let id): (.tenantPageUnarchive, id.description)
        case .tenantPageDelete(let id): (.tenantPageDelete, id.description)
        case .tenantPageMembers(let id): (.tenantPageMembers, id.description)
        case .tenantPageMemberRemoval(let id): (.tenantPageMemberRemoval, id.description)
        case .tenantPageQuota(let id): (.tenantPageQuota, id.description)
        case .tenantPageLoans(let id): (.tenantPageLoans, id.description)
        case .tenantPageLoanReturn(let id): (.tenantPageLoanReturn, id.description)
        case .tenantPageAccess(let id): (.tenantPageAccess, id.description)
        case .tenantPageRules(let id): (.tenantPageRules, id.description)
        case .tenantPageRuleNew(let id): (.tenantPageRuleNew, id.description)
        case .tenantPageRulesExplain(let id): (.tenantPageRulesExplain, id.description)
        case .tenantPagePolicies(let id): (.tenantPagePolicies, id.description)
        case .tenantPagePolicyNew(let id): (.tenantPagePolicyNew, id.description)
        case .approvalPolicyPage(let id): (.approvalPolicyPage, id.description)
        case .approvalPolicyPageDelete(let id): (.approvalPolicyPageDelete, id.description)
        case .requestsPage: (.requestsPage, nil)
        case .requestPage(let id): (.requestPage, id.description)
        case .requestPageApprove(let id): (.requestPageApprove, id.description)
        case .requestPageReject(let id): (.requestPageReject, id.description)
        case .requestPageCancel(let id): (.requestPageCancel, id.description)
        case .requestPageComment(let id): (.requestPageComment, id.description)
        case .accessRulePage(let id): (.accessRulePage, id.description)
        case .accessRulePageDelete(let id): (.accessRulePageDelete, id.description)
        case .adminUsersPage: (.adminUsersPage, nil)
        case .adminUserPage(let id): (.adminUserPage, id.description)
        case .adminUserPageDisable(let id): (.adminUserPageDisable, id.description)
        case .adminUserPageEnable(let id): (.adminUserPageEnable, id.description)
        case .adminUserPageReset(let id): (.adminUserPageReset, id.description)
        case .adminUserPageUnlock(let id): (.adminUserPageUnlock, id.description)
        case .adminUserPageTokenRevoke(let id): (.adminUserPageTokenRevoke, id.description)
        case .adminInvitationsPage: (.adminInvitationsPage, nil)
        case .adminInvitationPageResend(let id): (.adminInvitationPageResend, id.description)
        case .adminInvitationPageRevoke(let id): (.adminInvitationPageRevoke, id.description)
        case .adminGroupsPage: (.adminGroupsPage, nil)
        case .adminGroupPage(let id): (.adminGroupPage, id.description)
        case .adminGroupPageDelete(let id): (.adminGroupPageDelete, id.description)
        case .adminGroupPageMembers(let id): (.adminGroupPageMembers, id.description)
        case .adminGroupPageMemberRemoval(let id): (.adminGroupPageMemberRemoval, id.description)
        case .serviceAccountsPage: (.serviceAccountsPage, nil)
        case .serviceAccountPage(let id): (.serviceAccountPage, id.description)
        case .serviceAccountPageRename(let id): (.serviceAccountPageRename, id.description)
        case .serviceAccountPageDisable(let id): (.serviceAccountPageDisable, id.description)
        case .serviceAccountPageEnable(let id): (.serviceAccountPageEnable, id.description)
        case .serviceAccountPageDelete(let id): (.serviceAccountPageDelete, id.description)
        case .serviceAccountPageRoles(let id): (.serviceAccountPageRoles, id.description)
        case .serviceAccountPageRoleRemoval(let id): (.serviceAccountPageRoleRemoval, id.description)
        case .serviceAccountPageTokens(let id): (.serviceAccountPageTokens, id.description)
        case .serviceAccountPageTokenRevoke(let id): (.serviceAccountPageTokenRevoke, id.description)
        case .serviceAccountPageCertificates(let id): (.serviceAccountPageCertificates, id.description)
        case .serviceAccountPageCertificateRemoval(let id): (.serviceAccountPageCertificateRemoval, id.description)
        case .adminRolesPage: (.adminRolesPage, nil)
        case .adminRoleNewPage: (.adminRoleNewPage, nil)
        case .adminRolePage(let id): (.adminRolePage, id.description)
        case .adminRolePageDelete(let id): (.adminRolePageDelete, id.description)
        case .hostsPage: (.hostsPage, nil)
        case .auditPage: (.auditPage, nil)
        }
    }
}

extension Route.VClusterAction {
    /// The path template of the verb.
    var pattern: RoutePattern {
        switch self {
        case .suspend: .vclusterSuspend
        case .resume: .vclusterResume
        case .scale: .vclusterScale
        case .retry: .vclusterRetry
        case .undelete: .vclusterUndelete
        case .clone: .vclusterClone
        case .restore: .vclusterRestore
        }
    }
}

extension Route.VClusterPageAction {
    /// The path template of the form action.
    var pattern: RoutePattern {
        switch self {
        case .suspend: .vclusterPageSuspend
        case .resume: .vclusterPageResume
        case .scale: .vclusterPageScale
        case .retry: .vclusterPageRetry
        case .delete: .vclusterPageDelete
        case .undelete: .vclusterPageUndelete
        case .clone: .vclusterPageClone
        }
    }
}

extension String {
    /// A copy with one range of characters replaced.
    fileprivate func replacingCharacters(in range: ClosedRange<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
