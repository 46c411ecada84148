import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct RolePageTests {
    @Test func matrix_showsWhatEachRolePermits() async throws {
        try await withPortal { portal in
            let admin = try await Browser(portal, as: .admin).open("/admin/roles")
            let member = try await Browser(portal, as: .member).open("/admin/roles")

            #expect(admin.html.contains("vclusters.kubeconfig") && admin.html.contains("Auditor"))
            #expect(admin.html.contains("No role of your own yet"))
            #expect(member.status == 403)
            #expect(!member.html.contains("href=\"/admin/roles\""))
        }
    }

    @Test func role_isMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)
            let page = try await browser.open("/admin/roles/new")
            func send(_ path: String, _ fields: [(name: String, value: String)]) async throws -> Browser.Page {
                try await browser.submit(path, fields, on: page)
            }
            let tenant = acme.engineering.id.description

            let empty = try await send("/admin/roles/new", [("name", "Operator"), ("tenant", tenant)])
            let made = try await send(
                "/admin/roles/new",
                [("name", "Operator"), ("tenant", tenant), ("permission", "vclusters.suspend")]
            )
            let listed = try await browser.open("/admin/roles")
            let path = try #require(
                listed.html.firstMatch(of: /href="(\/admin\/roles\/[0-9a-f-]{36})"/).map { String($0.output.1) }
            )
            let changed = try await send(
                path,
                [("name", "Operators"), ("version", "\"1\""), ("permission", "vclusters.suspend")]
            )
            let stale = try await send(
                path,
                [("name", "Late"), ("version", "\"1\""), ("permission", "vclusters.suspend")]
            )
            let deleted = try await send("\(path)/delete", [])

            #expect(empty.status == 400 && empty.html.contains("value=\"Operator\""))
            #expect(made.status == 303)
            #expect(listed.html.contains("Acme / Engineering"))
            #expect(changed.status == 303)
            #expect(stale.status == 412 && stale.html.contains("value=\"Late\""))
            #expect(deleted.status == 303)
            #expect(try await browser.open(path).status == 404)
        }
    }

    @Test func role_thatSomebodyHoldsStays() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let role = try await portal.services.roles.create(
                NewRole(name: "Operator", permissions: [.vclustersSuspend]),
                at: acme.engineering.id,
                as: acme.admin
            )
            try await portal.services.tenants.addMember(
                .user(acme.nobody.user.id),
                role: role.reference,
                to: acme.payments.id,
                as: acme.admin
            )
            let browser = try await Browser(portal, as: .admin)

            let refused = try await browser.submit("/admin/roles/\(role.reference)/delete", [:])

            #expect(refused.status == 409 && refused.html.contains("Somebody holds this role"))
        }
    }

    @Test func moving_keepsCustomRolesWhereTheyExist() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let role = try await portal.services.roles.create(
                NewRole(name: "Operator", permissions: [.vclustersSuspend]),
                at: acme.engineering.id,
                as: acme.admin
            )
            try await portal.services.tenants.addMember(
                .user(acme.nobody.user.id),
                role: role.reference,
                to: acme.payments.id,
                as: acme.admin
            )

            let error = await #expect(throws: PortalError.self) {
                try await portal.services.tenants.move(acme.payments.id, to: acme.data.id, as: acme.admin)
            }

            #expect(error?.code == .conflict && error?.message.contains("Operator") == true)
        }
    }
}
