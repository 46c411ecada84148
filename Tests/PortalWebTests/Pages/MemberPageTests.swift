import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct MemberPageTests {
    @Test func members_areShownWithWhereTheirRolesComeFrom() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let path = "/tenants/\(acme.payments.id)"

            let admin = try await Browser(portal, as: .admin).open(path)
            let manager = try await Browser(portal, as: .manager).open(path)
            let viewer = try await Browser(portal, as: .viewer).open(path)

            #expect(admin.html.contains("member@acme.example") && admin.html.contains(">Acme</a>"))
            #expect(manager.html.contains("a tenant further up"), "the organization is out of sight")
            #expect(manager.html.contains("\(path)/members/remove"))
            #expect(!viewer.html.contains("member@acme.example"))
        }
    }

    @Test func roles_areGivenAndTaken() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)"

            let unknown = try await browser.submit(
                "\(path)/members",
                ["kind": "user", "email": "who@acme.example", "role": "viewer"]
            )
            let given = try await browser.submit(
                "\(path)/members",
                ["kind": "user", "email": "nobody@acme.example", "role": "viewer"]
            )
            let shown = try await browser.open(path)
            let taken = try await browser.submit(
                "\(path)/members/remove",
                ["kind": "user", "subject": acme.nobody.user.id.description, "role": "viewer"]
            )
            let greedy = try await browser.submit(
                "\(path)/members",
                ["kind": "user", "email": "nobody@acme.example", "role": "admin"]
            )

            #expect(unknown.status == 400 && unknown.html.contains("value=\"who@acme.example\""))
            #expect(given.status == 303 && given.location == "\(path)#members")
            #expect(shown.html.contains("nobody@acme.example"))
            #expect(taken.status == 303)
            #expect(greedy.status == 403 && greedy.html.contains("value=\"nobody@acme.example\""))
            #expect(!shown.html.contains("<option value=\"admin\""), "what cannot be given is not offered")
        }
    }

    @Test func groups_canBeGivenARole() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let group = try await portal.services.groups.create(
                NewGroup(name: "Platform on call"),
                at: acme.engineering.id,
                as: acme.manager
            )
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)"

            let given = try await browser.submit(
                "\(path)/members",
                ["kind": "group", "group": group.id.description, "role": "member"]
            )

            #expect(given.status == 303)
            #expect(try await browser.open(path).html.contains("Platform on call"))
        }
    }

    @Test func access_saysWhoAndWhy() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let path = "/tenants/\(acme.payments.id)/access"

            let admin = try await Browser(portal, as: .admin).open("\(path)?permission=tenants.manage")
            let manager = try await Browser(portal, as: .manager).open(path)
            let viewer = try await Browser(portal, as: .viewer).open(path)
            let stranger = try await Browser(portal, as: .stranger).open(path)

            #expect(admin.html.contains("Manager, given at Engineering") && admin.html.contains("Admin, given at Acme"))
            #expect(!admin.html.contains("member@acme.example"))
            #expect(manager.html.contains("member@acme.example"))
            #expect(viewer.status == 403)
            #expect(stranger.status == 404)
        }
    }

    @Test func programs_getRolesOnThePageOfATenant() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let identity = portal.services.identity
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let own = try await identity.createToken(name: "laptop", lifetime: nil, as: acme.manager)
            let foreign = try await identity.createToken(name: "foreign", lifetime: nil, as: acme.stranger)
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)"
            func give(_ program: String) async throws -> Browser.Page {
                try await browser.submit(
                    "\(path)/members",
                    ["kind": "program", "program": program, "role": "member"]
                )
            }

            let before = try await browser.open(path)
            let given = try await give("user:\(account.id)")
            let token = try await give("token:\(own.token.id)")
            let stranger = try await give("token:\(foreign.token.id)")
            let nonsense = try await give("nonsense")
            let page = try await browser.open(path)
            let taken = try await browser.submit(
                "\(path)/members/remove",
                ["kind": "token", "subject": own.token.id.description, "role": "member"]
            )

            #expect(before.html.contains("ci (service account)") && before.html.contains("token of manager"))
            #expect(!before.html.contains("foreign"), "tokens of others are not offered")
            #expect(given.status == 303 && token.status == 303 && taken.status == 303)
            #expect(stranger.status == 404 && stranger.html.contains("id=\"add-program-error\""))
            #expect(nonsense.status == 400 && nonsense.html.contains("Choose a service account or a token."))
            #expect(page.html.contains("A program, with its own tokens"))
            #expect(!page.html.contains("service-account.invalid"), "that address says nothing")
            let members = try await portal.services.tenants.members(of: acme.payments.id, as: acme.manager).items
            #expect(members.contains { $0.subject == .user(account.id) })
            #expect(!members.contains { $0.subject == .token(own.token.id) })
        }
    }
}
