import Foundation

import Portal

@testable import PortalWeb

/// View models with something in every field, and with as little as possible: what the templates are held against.
enum SamplePages {
    static let now = Date(timeIntervalSince1970: 1_795_408_200)

    static func time(_ secondsAgo: Double, _ writer: Localizer) -> TimeText {
        writer.time(now.addingTimeInterval(-secondsAgo))
    }

    /// A page with the template it is for.
    struct Sample {
        let name: String
        let template: String
        let page: Any
        let layout: LayoutModel
    }

    static func all(_ renderer: PageRenderer, language: PortalLanguage, theme: String? = nil) -> [Sample] {
        let writer = renderer.localizer(language, timeZone: "UTC", now: now)
        let framed = SampleLayouts.framed(renderer, writer, theme: theme)
        let plain = SampleLayouts.plain(renderer, writer, theme: theme)
        func sample(_ name: String, _ page: some PageModel, _ layout: LayoutModel) -> Sample {
            Sample(name: name, template: type(of: page).template, page: page, layout: layout)
        }
        let quotas = [SampleQuotas.previewed(writer), SampleQuotas.refused(writer)].compactMap(\.self)
        return quotas.enumerated().map { index, page in sample("tenant-quota-\(index)", page, framed("tenants")) } + [
            sample("sign-in", SampleForms.signIn(writer, failed: false), plain),
            sample("sign-in-failed", SampleForms.signIn(writer, failed: true), plain),
            sample("account-link", SampleForms.accountLink(writer, failed: true), plain),
            sample("account-link-bare", SampleForms.accountLink(writer, failed: false), plain),
            sample("account-link-ended", SampleForms.endedLink(writer), plain),
            sample("security", SampleSecurity.full(writer), framed("")),
            sample("security-bare", SampleSecurity.bare(writer), framed("")),
            sample("dashboard", SampleLists.dashboard(writer), framed("home")),
            sample("dashboard-empty", SampleLists.emptyDashboard(writer), framed("home")),
            sample("vclusters", SampleLists.vclusters(writer), framed("vclusters")),
            sample("vclusters-empty", SampleLists.noVClusters(writer), framed("vclusters")),
            sample("vcluster", SampleDetails.vcluster(writer), framed("vclusters")),
            sample("vcluster-bare", SampleDetails.bareVCluster(writer), framed("vclusters")),
            sample("snapshot-restore", SampleSnapshots.restore(writer), framed("vclusters")),
            sample("snapshot-delete", SampleSnapshots.delete(writer), framed("vclusters")),
            sample("operation", SampleDetails.operation(writer), framed("vclusters")),
            sample("operation-failed", SampleDetails.failedOperation(writer), framed("vclusters")),
            sample("wizard-template", SampleForms.wizard(writer, step: 0), framed("vclusters")),
            sample("wizard-name", SampleForms.wizard(writer, step: 1), framed("vclusters")),
            sample("wizard-size", SampleForms.wizard(writer, step: 2), framed("vclusters")),
            sample("wizard-review", SampleForms.wizard(writer, step: 3), framed("vclusters")),
            sample("wizard-blocked", SampleForms.blockedWizard(writer), framed("vclusters")),
            sample("tenants", SampleTenants.tree(writer), framed("tenants")),
            sample("tenants-archived", SampleTenants.archived(writer, isEmpty: false), framed("tenants")),
            sample("tenants-empty", SampleTenants.archived(writer, isEmpty: true), framed("tenants")),
            sample("tenant", SampleTenants.tenant(writer), framed("tenants")),
            sample("tenant-lending", SampleTenants.lendingTenant(writer), framed("tenants")),
            sample("tenant-archived", SampleTenants.archivedTenant(writer), framed("tenants")),
            sample("tenant-move", SampleTenants.move(writer, isRefused: false), framed("tenants")),
            sample("tenant-move-refused", SampleTenants.move(writer, isRefused: true), framed("tenants")),
            sample("tenant-access", SampleAdmin.access(writer, isEmpty: false), framed("tenants")),
            sample("tenant-access-empty", SampleAdmin.access(writer, isEmpty: true), framed("tenants")),
            sample("rules", SampleRules.list(writer, isEmpty: false), framed("tenants")),
            sample("rules-empty", SampleRules.list(writer, isEmpty: true), framed("tenants")),
            sample("rule-refused", SampleRules.refused(writer), framed("tenants")),
            sample("rule", SampleRules.form(writer, of: 2, mayChange: true), framed("tenants")),
            sample("rule-read-only", SampleRules.form(writer, of: 3, mayChange: false), framed("tenants")),
            sample("rules-ask", SampleRules.explanation(writer, isAnswered: false), framed("tenants")),
            sample("rules-explained", SampleRules.explanation(writer, isAnswered: true), framed("tenants")),
            sample("rules-no-answer", SampleRules.bareExplanation(writer), framed("tenants")),
            sample("policies", SampleRequests.policies(writer, isEmpty: false), framed("tenants")),
            sample("policies-empty", SampleRequests.policies(writer, isEmpty: true), framed("tenants")),
            sample("policy", SampleRequests.policy(writer, of: 0, mayChange: true), framed("tenants")),
            sample("policy-read-only", SampleRequests.policy(writer, of: 1, mayChange: false), framed("tenants")),
            sample("policy-refused", SampleRequests.refusedPolicy(writer), framed("tenants")),
            sample("requests", SampleRequests.list(writer, isEmpty: false), framed("requests")),
            sample("requests-empty", SampleRequests.list(writer, isEmpty: true), framed("requests")),
            sample(
                "request",
                SampleRequests.page(
                    writer,
                    .pending,
                    actions: ApprovalRequestDetail.Action.allCases,
                    isRefused: true
                ),
                framed("requests")
            ),
            sample(
                "request-stuck",
                SampleRequests.page(writer, .pending, .suspend, isHeld: false, people: [], actions: [.comment]),
                framed("requests")
            ),
            sample("request-failed", SampleRequests.page(writer, .failed, .create), framed("requests")),
            sample("request-executed", SampleRequests.page(writer, .executed, .delete), framed("requests")),
            sample("users", SampleAdmin.users(writer, isEmpty: false), framed("users")),
            sample("users-empty", SampleAdmin.users(writer, isEmpty: true), framed("users")),
            sample("user", SampleAdmin.user(writer), framed("users")),
            sample("user-bare", SampleAdmin.bareUser(writer), framed("users")),
            sample("invitations", SampleAdmin.invitations(writer, isEmpty: false), framed("users")),
            sample("invitations-empty", SampleAdmin.invitations(writer, isEmpty: true), framed("tenants")),
            sample("own-tokens", SampleKeys.ownTokens(writer), framed("")),
            sample("own-tokens-refused", SampleKeys.refusedTokens(writer), framed("")),
            sample("own-tokens-none", SampleKeys.noTokens(writer), framed("")),
            sample("groups", SampleKeys.groups(writer, isEmpty: false), framed("groups")),
            sample("groups-empty", SampleKeys.groups(writer, isEmpty: true), framed("groups")),
            sample("group", SampleKeys.group(writer, form: "settings"), framed("groups")),
            sample("group-refused", SampleKeys.group(writer, form: "removeMember"), framed("groups")),
            sample("group-bare", SampleKeys.bareGroup(writer), framed("groups")),
            sample("service-accounts", SampleKeys.accounts(writer, isEmpty: false), framed("serviceAccounts")),
            sample("service-accounts-empty", SampleKeys.accounts(writer, isEmpty: true), framed("serviceAccounts")),
            sample("service-account", SampleKeys.account(writer), framed("serviceAccounts")),
            sample("service-account-bare", SampleKeys.bareAccount(writer), framed("serviceAccounts")),
            sample("roles", SampleAdmin.roles(writer, isEmpty: false), framed("roles")),
            sample("roles-built-in", SampleAdmin.roles(writer, isEmpty: true), framed("roles")),
            sample("role-new", SampleAdmin.newRole(writer), framed("roles")),
            sample("role", SampleAdmin.role(writer), framed("roles")),
            sample("hosts", SampleLists.hosts(writer, isEmpty: false), framed("hosts")),
            sample("hosts-empty", SampleLists.hosts(writer, isEmpty: true), framed("hosts")),
            sample("audit", SampleLists.audit(writer, isEmpty: false), framed("audit")),
            sample("audit-empty", SampleLists.audit(writer, isEmpty: true), framed("audit")),
            Sample(
                name: "error",
                template: ErrorPage.framedTemplate,
                page: SampleForms.error(writer, full: true),
                layout: framed("")
            ),
            Sample(
                name: "error-plain",
                template: ErrorPage.plainTemplate,
                page: SampleForms.error(writer, full: false),
                layout: plain
            ),
        ]
    }
}
