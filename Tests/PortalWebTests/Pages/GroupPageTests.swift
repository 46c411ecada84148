import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct GroupPageTests {
    @Test func group_isMadeFilledAndRemoved() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let tenant = acme.engineering.id.description

            let empty = try await browser.open("/admin/groups")
            let made = try await browser.submit(
                "/admin/groups",
                ["name": "On call", "description": "", "tenant": tenant]
            )
            let path = try #require(made.location)
            let taken = try await browser.submit("/admin/groups", ["name": "on CALL", "tenant": tenant])
            let unknown = try await browser.submit("\(path)/members", ["email": "who@acme.example"])
            let added = try await browser.submit("\(path)/members", ["email": "nobody@acme.example"])
            let page = try await browser.open(path)
            let removed = try await browser.submit(
                "\(path)/members/remove",
                ["user": acme.nobody.user.id.description]
            )
            let deleted = try await browser.submit("\(path)/delete", [:])

            #expect(empty.html.contains("No groups yet"))
            #expect(taken.status == 409 && taken.html.contains("value=\"on CALL\""))
            #expect(unknown.status == 400 && unknown.html.contains("value=\"who@acme.example\""))
            #expect(added.status == 303 && page.html.contains("nobody@acme.example"))
            #expect(!page.html.contains("name=\"externalId\""), "it is for those who manage all accounts")
            #expect(removed.status == 303)
            #expect(deleted.location == "/admin/groups")
        }
    }

    @Test func settings_areSavedAndKeptWhenRefused() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let groups = portal.services.groups
            let group = try await groups.create(NewGroup(name: "On call"), at: acme.root.id, as: acme.admin)
            try await portal.services.tenants.addMember(
                .group(group.id),
                role: .builtIn(.viewer),
                to: acme.payments.id,
                as: acme.admin
            )
            let browser = try await Browser(portal, as: .admin)
            let path = "/admin/groups/\(group.id)"
            let fields = [
                "name": "Duty", "description": "Nights", "externalId": "cn=duty", "provider": "corp",
                "version": "\"1\"",
            ]

            let saved = try await browser.submit(path, fields)
            let stale = try await browser.submit(path, fields.merging(["name": "Late"]) { $1 })
            let bad = try await browser.submit(path, fields.merging(["name": "", "version": "\"2\""]) { $1 })
            let nowhere = try await browser.submit(
                path,
                fields.merging(["provider": "", "version": "\"2\""]) { $1 }
            )
            let page = try await browser.open(path)
            let found = try await browser.open("/admin/groups?q=DUT")
            let none = try await browser.open("/admin/groups?q=zzz")

            #expect(saved.status == 303)
            #expect(stale.status == 412 && stale.html.contains("value=\"Late\""))
            #expect(bad.status == 400 && bad.html.contains("value=\"Nights\""))
            #expect(nowhere.status == 400 && nowhere.html.contains("href=\"#group-provider\""))
            #expect(page.html.contains("cn=duty · corp") && page.html.contains("Viewer of Payments"))
            #expect(found.html.contains("Duty") && none.html.contains("No group matches"))
        }
    }

    @Test func group_isSeenFromBelowWithoutItsMembers() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let groups = portal.services.groups
            let group = try await groups.create(NewGroup(name: "All hands"), at: acme.root.id, as: acme.admin)
            try await groups.addMember(acme.nobody.user.id, to: group.id, as: acme.admin)
            let path = "/admin/groups/\(group.id)"

            let manager = try await Browser(portal, as: .manager)
            let page = try await manager.open(path)
            let greedy = try await manager.submit("\(path)/members", ["email": "member@acme.example"])
            let stranger = try await Browser(portal, as: .stranger)

            #expect(page.status == 200 && !page.html.contains("nobody@acme.example"))
            #expect(!page.html.contains("\(path)/delete"))
            #expect(greedy.status == 404 || greedy.status == 403)
            #expect(try await stranger.open(path).status == 404)
            #expect(try await stranger.open("/admin/groups").status == 403)
        }
    }
}
