import Foundation
import HTTPCore
@testable import Portal
@testable import PortalWeb

/// Sample models of the pages of tenants.
enum SampleTenants {
    static let refusal = PortalError(
        .alreadyExists,
        "There is a tenant with this name at the same place already, live or archived. Choose another name.",
        fields: [FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken at this place")]
    )

    static func tree(_ writer: Localizer) -> TenantListPage {
        var query = TenantListQuery()
        query.pageToken = "a"
        return TenantListPage(query, rows: rows(writer), nextToken: "b", writer)
    }

    static func archived(_ writer: Localizer, isEmpty: Bool) -> TenantListPage {
        var query = TenantListQuery()
        query.isArchived = true
        query.text = "pay"
        var row = TenantListPage.Row(href: "/tenants/3", name: "Old team", level: 0)
        row.path = "Acme / Engineering"
        row.isInTree = false
        row.badge = BadgeModel(writer.text("tenants.archivedAgo", ["time": "3 d"]), .gone)
        return TenantListPage(query, rows: isEmpty ? [] : [row], nextToken: nil, writer)
    }

    private static func rows(_ writer: Localizer) -> [TenantListPage.Row] {
        func toggle(_ id: Int, _ isOpen: Bool) -> TenantListPage.Toggle {
            .init(
                id: "toggle-\(id)",
                href: "/tenants?open=1",
                label: writer.text("tenants.open", ["name": "Acme"]),
                isOpen: isOpen
            )
        }
        let count = writer.count("tenants.below", 12)
        var more = TenantListPage.Row(href: "/tenants/1#children", name: "More below Engineering…", level: 2)
        more.isMore = true
        return [
            .init(href: "/tenants/1", name: "Acme", level: 0, count: count, toggle: toggle(1, true)),
            .init(href: "/tenants/2", name: "Data", level: 1, count: count, toggle: toggle(2, false)),
            .init(href: "/tenants/3", name: "Engineering", level: 1, count: count, toggle: toggle(3, true)),
            .init(href: "/tenants/4", name: "Payments", level: 2),
            more,
        ]
    }

    /// A page with everything on it: for a manager, with a form that was refused.
    static func tenant(_ writer: Localizer) -> TenantPage {
        var form = QueryItems()
        form.add("name", "Payments")
        return TenantPage(parts(refused: RefusedForm("create", form, refusal), isArchived: false), writer)
    }

    /// A page whose form to lend a part of the quota was refused.
    static func lendingTenant(_ writer: Localizer) -> TenantPage {
        var form = QueryItems()
        form.add("amounts.vclusters", "40")
        form.add("reason", "Load test")
        let refusal = PortalError.invalid("amounts.vclusters", FieldErrorCode.outOfRange, "must be at most 1")
        return TenantPage(parts(refused: RefusedForm("lend", form, refusal), isArchived: false), writer)
    }

    /// A page with as little as possible: archived, for a reader.
    static func archivedTenant(_ writer: Localizer) -> TenantPage {
        TenantPage(parts(refused: nil, isArchived: true), writer)
    }

    private static func parts(refused: RefusedForm?, isArchived: Bool) -> TenantPage.Parts {
        let root = sample("Acme")
        let tenant = sample("Engineering", below: root.path, isArchived: isArchived)
        let sibling = sample("Data", below: root.path)
        let children = ["Payments", "Platform"].enumerated().map { index, name in
            TenantNode(tenant: sample(name, below: tenant.path), childCount: index * 3)
        }
        let binding = RoleBinding(tenantID: root.id, tenantPath: root.path, role: isArchived ? .viewer : .admin)
        let user = User(id: UserID(), email: "mei@acme.example", name: "Mei", createdAt: SamplePages.now)
        return TenantPage.Parts(
            tenant: tenant,
            lineage: [root, tenant],
            children: Page(items: isArchived ? [] : children, nextPageToken: isArchived ? nil : "b"),
            members: isArchived ? nil : Page(items: members(root, tenant), nextPageToken: "c"),
            roles: isArchived ? [] : Role.allCases.map { RoleDefinition($0) },
            groups: [],
            accounts: isArchived ? [] : [SampleKeys.account("ci-runner", isDisabled: false)],
            tokens: isArchived ? [] : SampleKeys.ownedTokens,
            quota: isArchived ? nil : SampleQuotas.report(root, tenant),
            loans: isArchived ? nil : SampleQuotas.loans(tenant, sibling),
            siblings: isArchived ? [] : [sibling],
            caller: Caller(user: user, bindings: [binding], via: .session(SessionID())),
            refused: refused,
            childrenToken: isArchived ? nil : "a",
            membersToken: isArchived ? nil : "b",
            loansToken: isArchived ? nil : "d"
        )
    }

    private static func members(_ root: Tenant, _ tenant: Tenant) -> [Member] {
        let rows: [(RoleSubject, String?, String, Role, Tenant, String?)] = [
            (.user(UserID()), "maya@acme.example", "Maya Manager", .manager, tenant, tenant.name),
            (.user(UserID()), "ada@acme.example", "Ada Admin", .admin, root, nil),
            (.user(UserID()), "vera@acme.example", "Vera Viewer", .viewer, root, root.name),
            (.group(GroupID()), nil, "Platform on call", .member, tenant, tenant.name),
            (.user(UserID()), "1@service-account.invalid", "ci-runner", .member, tenant, tenant.name),
            (.token(TokenID()), "1@service-account.invalid", "pipeline", .member, tenant, tenant.name),
            (.token(TokenID()), "maya@acme.example", "laptop", .viewer, tenant, tenant.name),
        ]
        return rows.map { subject, email, name, role, place, placeName in
            Member(
                id: RoleBindingID(),
                subject: subject,
                email: email,
                name: name,
                role: .builtIn(role),
                roleName: role.rawValue,
                tenantID: place.id,
                tenantName: placeName,
                createdAt: SamplePages.now
            )
        }
    }

    static func sample(_ name: String, below path: [TenantID] = [], isArchived: Bool = false) -> Tenant {
        let id = TenantID()
        return Tenant(
            id: id,
            name: name,
            path: path + [id],
            createdAt: SamplePages.now.addingTimeInterval(-900_000),
            updatedAt: SamplePages.now.addingTimeInterval(-40_000),
            archivedAt: isArchived ? SamplePages.now : nil
        )
    }

    static func move(_ writer: Localizer, isRefused: Bool) -> TenantMovePage {
        let roles = [("manager@acme.example", "Manager of Engineering"), ("auditor@acme.example", "Auditor of Acme")]
        let preview = TenantMovePage.Preview(
            title: writer.text("tenantMove.preview", ["name": "Data"]),
            facts: [FactModel(name: writer.text("tenantMove.from"), value: "Acme / Engineering / Payments")],
            quota: .init(
                title: writer.text("quota.title"),
                texts: ["Data: at most 10 of CPU, 9 are taken, 4 more is 3 too much."],
                fine: writer.text("quota.fineText")
            ),
            roles: [
                .init(
                    title: writer.text("tenantMove.gained"),
                    rows: roles.map { .init(email: $0.0, text: $0.1) },
                    more: writer.count("tenantMove.moreRoles", 3),
                    emptyText: ""
                ),
                .init(
                    title: writer.text("tenantMove.lost"),
                    rows: [],
                    more: nil,
                    emptyText: writer.text("tenantMove.lostNone")
                ),
            ],
            action: "/tenants/4/move",
            parentID: "2",
            version: "\"1\"",
            submit: writer.text("tenantMove.submit", ["name": "Payments"])
        )
        let refusal = NoticeModel(
            tone: "bad",
            icon: "failed",
            title: writer.text("tenantMove.refused"),
            text: "Would make the tree 9 levels deep; it has at most 8. Choose a tenant further up."
        )
        return TenantMovePage(
            title: writer.text("tenantMove.title", ["name": "Payments"]),
            lead: writer.text("tenantMove.lead"),
            crumbs: [LinkModel(href: "/tenants", label: writer.text("tenants.title"))],
            action: "/tenants/4/move",
            query: "da",
            places: isRefused
                ? []
                : [
                    .init(href: "/tenants/4/move?parent=2", label: "Data", note: "Acme", isChosen: true),
                    .init(href: "/tenants/4/move?parent=1", label: "Acme", note: nil, isChosen: false),
                ],
            placesNote: writer.text("tenantMove.morePlaces"),
            refusal: isRefused ? refusal : nil,
            preview: isRefused ? nil : preview
        )
    }
}
