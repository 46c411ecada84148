import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// The page of open invitations.
struct InvitationPageTests {
    private func link(_ page: Browser.Page) -> String? {
        page.html.firstMatch(of: /<code>[^<]*\/invitations\/([A-Za-z0-9_-]{43})<\/code>/).map { String($0.output.1) }
    }

    private func fields(_ tenant: Tenant, email: String = "new@acme.example") -> [String: String] {
        ["email": email, "name": "Nora New", "tenant": tenant.id.description, "role": "member"]
    }

    @Test func managers_inviteSendAgainAndRevoke() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let identity = portal.services.identity
            let browser = try await Browser(portal, as: .manager)
            let list = "/admin/invitations?tenant=\(acme.payments.id)"

            let tenant = try await browser.open("/tenants/\(acme.payments.id)")
            let invited = try await browser.submit(list, fields(acme.payments))
            let first = try #require(link(invited))
            let open = try await browser.open(list)
            let resend = try #require(open.html.firstMatch(of: /action="([^"]+\/resend[^"]*)"/)).output.1
            let sent = try await browser.submit(String(resend), [:])
            let second = try #require(link(sent))
            let isFirstVoid = try await identity.link(.invitation, secret: first) == nil
            let works = try await identity.link(.invitation, secret: second) != nil
            let revoke = try #require(sent.html.firstMatch(of: /action="([^"]+\/revoke[^"]*)"/)).output.1
            let revoked = try await browser.submit(String(revoke), [:])
            let again = try await browser.submit(String(revoke), [:])
            let empty = try await browser.open(list)

            #expect(tenant.html.contains("href=\"\(list)\""), "the tenant leads to it")
            #expect(invited.status == 200 && invited.html.contains("Nora New"))
            #expect(link(open) == nil, "the link is shown once")
            #expect(sent.status == 200 && isFirstVoid && works)
            #expect(revoked.status == 303 && revoked.location == list)
            #expect(try await identity.link(.invitation, secret: second) == nil)
            #expect(again.status == 409 || again.status == 404)
            #expect(empty.html.contains("No open invitations"))
        }
    }

    @Test func invitations_ofOthersAreNotThere() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let admin = try await Browser(portal, as: .admin)
            let manager = try await Browser(portal, as: .manager)

            let made = try await admin.submit("/admin/invitations", fields(acme.data))
            let resend = try #require(made.html.firstMatch(of: /action="([^"]+\/resend[^"]*)"/)).output.1
            let list = try await manager.open("/admin/invitations")
            let foreign = try await manager.open("/admin/invitations?tenant=\(acme.data.id)")
            let sent = try await manager.submit(String(resend), [:])
            let member = try await Browser(portal, as: .member).open("/admin/invitations")
            let users = try await admin.open("/admin/users")

            #expect(!list.html.contains("new@acme.example"))
            #expect(foreign.status == 404 && sent.status == 404 && !sent.html.contains("new@acme.example"))
            #expect(member.status == 403)
            #expect(users.html.contains("href=\"/admin/invitations\""))
        }
    }

    @Test func refusals_keepWhatWasTyped() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let typed = "value=\"new@acme.example\""
            func send(_ change: [String: String]) async throws -> Browser.Page {
                try await browser.submit("/admin/invitations", fields(acme.payments).merging(change) { $1 })
            }

            let gone = try await send(["tenant": TenantID().description])
            let foreign = try await send(["tenant": acme.data.id.description])
            let none = try await send(["tenant": ""])
            let greedy = try await send(["role": "admin"])
            let role = try await send(["role": RoleID().description])

            for page in [gone, foreign] {
                #expect(page.status == 404 && page.html.contains(typed))
                #expect(page.html.contains("href=\"#invite-tenant\""))
                #expect(page.html.contains("id=\"invite-tenant-error\""))
            }
            #expect(none.status == 400 && none.html.contains(typed))
            #expect(greedy.status == 403 && greedy.html.contains(typed))
            #expect(role.status == 400 && role.html.contains("id=\"invite-role-error\""))
        }
    }
}
