import Foundation
import HTTPCore

@testable import Portal
@testable import PortalWeb

/// Sample models of the pages of tokens, groups and service accounts.
enum SampleKeys {
    private static let root = SampleTenants.sample("Acme")
    private static let choices = TenantChoices(offered: [root], lineage: [root])
    private static let names = TenantNames([root])

    private static func token(_ name: String, _ scope: APITokenScope, isUsed: Bool, revokedAt: Date? = nil) -> APIToken
    {
        APIToken(
            id: TokenID(),
            ownerID: UserID(),
            name: name,
            hint: "ovp_3f9Q",
            createdAt: SamplePages.now.addingTimeInterval(-500_000),
            expiresAt: SamplePages.now.addingTimeInterval(isUsed ? 4_000_000 : -4_000),
            lastUsedAt: isUsed ? SamplePages.now.addingTimeInterval(-240) : nil,
            revokedAt: revokedAt,
            scope: scope,
            makerID: nil
        )
    }

    private static let tokens = [
        token("Pipeline of payments", APITokenScope(tenantID: root.id, permissions: [.vclustersSuspend]), isUsed: true),
        token("Everything", APITokenScope(), isUsed: true, revokedAt: SamplePages.now),
        token("Elsewhere", APITokenScope(tenantID: TenantID()), isUsed: false),
    ]

    /// Tokens of a person and of a service account.
    static let ownedTokens = [true, false].map { isOfServiceAccount in
        OwnedToken(token: tokens[0], ownerName: "Maya", isOfServiceAccount: isOfServiceAccount)
    }

    /// A page of tokens, as an account has them.
    static let tokenPage = Page(items: tokens, nextPageToken: "b")

    private static let limits = PortalLimits.Identity()

    private static var tokenChoices: TokenForm.Choices {
        TokenForm.Choices(tenants: choices, permissions: Role.member.permissions, limits: limits)
    }

    /// A form of tokens that was refused in every field.
    private static var refusedToken: RefusedForm? {
        var form = QueryItems()
        form.add("name", "")
        form.add("days", "30")
        form.add("reach", "some")
        let error = PortalError.invalid([
            FieldError(field: "name", code: FieldErrorCode.required, message: "must not be empty"),
            FieldError(field: "expiresAt", code: FieldErrorCode.outOfRange, message: "must be nearer"),
            FieldError(field: "tenantId", code: FieldErrorCode.notFound, message: "is no tenant that you can see"),
            FieldError(field: "permissions", code: FieldErrorCode.required, message: "must name at least one"),
        ])
        return RefusedForm(TokenForm.formName, form, error)
    }

    static func ownTokens(_ writer: Localizer) -> OwnTokensPage {
        OwnTokensPage(
            Page(items: tokens, nextPageToken: "b"),
            names,
            pageToken: "a",
            created: NewAPIToken(token: tokens[0], secret: "ovp_3f9QkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkKKK"),
            choices: tokenChoices,
            refused: nil,
            writer
        )
    }

    static func refusedTokens(_ writer: Localizer) -> OwnTokensPage {
        let page = Page<APIToken>(items: [], nextPageToken: nil)
        return OwnTokensPage(
            page,
            names,
            pageToken: nil,
            created: nil,
            choices: tokenChoices,
            refused: refusedToken,
            writer
        )
    }

    static func noTokens(_ writer: Localizer) -> OwnTokensPage {
        OwnTokensPage(nil, names, pageToken: nil, created: nil, choices: nil, refused: nil, writer)
    }

    private static func group(_ name: String, description: String, externalID: String?) -> Portal.Group {
        Portal.Group(
            id: GroupID(),
            tenantID: root.id,
            tenantPath: root.path,
            name: name,
            description: description,
            externalID: externalID,
            provider: externalID == nil ? nil : "corp",
            version: 1,
            createdAt: SamplePages.now.addingTimeInterval(-900_000),
            updatedAt: SamplePages.now
        )
    }

    static func groups(_ writer: Localizer, isEmpty: Bool) -> GroupListPage {
        let items = [
            group("Platform on call", description: "Who is woken up.", externalID: "cn=oncall,dc=acme"),
            group("Reviewers", description: "", externalID: nil),
        ]
        return GroupListPage(
            Page(items: isEmpty ? [] : items, nextPageToken: isEmpty ? nil : "b"),
            names,
            menus: GroupListPage.menus(choices, namesProvider: true, nil, writer),
            text: isEmpty ? "" : "e",
            isFirst: isEmpty,
            writer
        )
    }

    static func group(_ writer: Localizer, form: String) -> GroupPage {
        var typed = QueryItems()
        typed.add("name", "")
        let error = PortalError.invalid("name", FieldErrorCode.required, "must not be empty")
        let people = [("Mei Lin", GroupMember.Source.manual), ("Noor Aziz", .provider)].map { name, source in
            GroupMember(
                userID: UserID(),
                email: "\(name.lowercased().replacingOccurrences(of: " ", with: "."))@acme.example",
                name: name,
                source: source,
                createdAt: SamplePages.now.addingTimeInterval(-400_000)
            )
        }
        let parts = GroupPage.Parts(
            group: group("Platform on call", description: "Who is woken up.", externalID: "cn=oncall,dc=acme"),
            names: names,
            members: Page(items: people, nextPageToken: "b"),
            membersToken: nil,
            roles: memberships,
            mayManage: true,
            namesProvider: true,
            refused: RefusedForm(form, typed, error)
        )
        return GroupPage(parts, writer)
    }

    static func bareGroup(_ writer: Localizer) -> GroupPage {
        let parts = GroupPage.Parts(
            group: group("Reviewers", description: "", externalID: nil),
            names: TenantNames([]),
            members: nil,
            membersToken: nil,
            roles: [],
            mayManage: false,
            namesProvider: false,
            refused: nil
        )
        return GroupPage(parts, writer)
    }

    private static var memberships: [Membership] {
        let binding = RoleBinding(tenantID: root.id, tenantPath: root.path, role: .member)
        return [nil, "Platform on call"].map { group in
            Membership(
                tenantID: root.id,
                tenantName: root.name,
                tenantPath: root.path,
                binding: binding,
                groupName: group
            )
        }
    }

    static func account(_ name: String, isDisabled: Bool) -> ServiceAccount {
        let user = User(
            id: UserID(),
            email: "x@service-account.invalid",
            name: name,
            disabledAt: isDisabled ? SamplePages.now : nil,
            createdAt: SamplePages.now.addingTimeInterval(-900_000),
            kind: .service
        )
        return ServiceAccount(user, at: root.id)
    }

    static func accounts(_ writer: Localizer, isEmpty: Bool) -> ServiceAccountListPage {
        let items = [account("ci-runner", isDisabled: false), account("old-importer", isDisabled: true)]
        return ServiceAccountListPage(
            Page(items: isEmpty ? [] : items, nextPageToken: isEmpty ? nil : "b"),
            names,
            choices,
            pageToken: nil,
            nil,
            writer
        )
    }

    static func account(_ writer: Localizer) -> ServiceAccountPage {
        let account = account("ci-runner", isDisabled: false)
        let names = [
            CertificateMapping.Kind.uri: "spiffe://acme.example/ci", .subject: "CN=ci,O=Acme",
        ]
        let certificates = names.sorted { $0.value < $1.value }.map { kind, value in
            CertificateMapping(
                id: CertificateMappingID(),
                of: account.id,
                kind,
                (value, kind == .subject ? "CN=Devices,O=Acme" : nil),
                createdAt: SamplePages.now.addingTimeInterval(-300_000),
                lastUsedAt: kind == .uri ? SamplePages.now.addingTimeInterval(-90) : nil,
                expiresAt: kind == .uri ? nil : SamplePages.now.addingTimeInterval(-30)
            )
        }
        return ServiceAccountPage(
            ServiceAccountPage.Parts(
                account: account,
                tenant: root,
                names: self.names,
                memberships: memberships,
                tokens: Page(items: tokens, nextPageToken: "b"),
                tokensToken: nil,
                certificates: Page(items: certificates, nextPageToken: "b"),
                certificatesToken: "a",
                choices: .init(roles: SampleAdmin.roleChoices, tenants: choices),
                caller: .system("sample"),
                created: NewAPIToken(token: tokens[0], secret: "ovp_3f9QkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkKKK"),
                refused: refusedToken,
                limits: limits
            ),
            writer
        )
    }

    static func bareAccount(_ writer: Localizer) -> ServiceAccountPage {
        let error = PortalError(.conflict, "Somebody else has changed it.")
        return ServiceAccountPage(
            ServiceAccountPage.Parts(
                account: account("old-importer", isDisabled: true),
                tenant: root,
                names: names,
                memberships: [],
                tokens: Page(items: [], nextPageToken: nil),
                tokensToken: nil,
                certificates: Page(items: [], nextPageToken: nil),
                certificatesToken: nil,
                choices: nil,
                caller: .system("sample"),
                created: nil,
                refused: RefusedForm("removeRole", QueryItems(), error),
                limits: limits
            ),
            writer
        )
    }
}
