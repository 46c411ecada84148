import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct TenantPageTests {
    @Test func tree_showsTheOpenBranchAndCountsOfTheOthers() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)

            let top = try await browser.open("/tenants")
            let open = try await browser.open("/tenants?open=\(acme.engineering.id)")
            let part = try await browser.open("/tenants", headers: ["HX-Request": "true"])

            #expect(top.html.contains("Engineering") && top.html.contains("2 tenants below"))
            #expect(!top.html.contains("Payments"), "the branch is collapsed")
            #expect(open.html.contains("Payments") && open.html.contains("aria-expanded=\"true\""))
            #expect(!part.html.contains("<html") && part.html.contains("id=\"tenant-tree\""))
        }
    }

    @Test func tree_beginsWhereTheReaderSees() async throws {
        try await withPortal { portal in
            let manager = try await Browser(portal, as: .manager).open("/tenants")
            let nobody = try await Browser(portal, as: .nobody).open("/tenants")

            #expect(manager.html.contains("Payments") && !manager.html.contains(">Data<"))
            #expect(nobody.html.contains("You belong to no tenant yet"))
            #expect(!nobody.html.contains("</svg>Tenants</a>"), "nothing to see, no entry")
        }
    }

    @Test func tree_findsByNameAndListsTheArchived() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            _ = try await portal.services.tenants.archive(acme.platform.id, as: acme.admin)
            let browser = try await Browser(portal, as: .admin)

            let found = try await browser.open("/tenants?q=PAY")
            let archived = try await browser.open("/tenants?archived=true")
            let none = try await browser.open("/tenants?q=zzz")

            #expect(found.html.contains("Payments") && found.html.contains("Acme / Engineering"))
            #expect(archived.html.contains("Platform") && archived.html.contains("archived"))
            #expect(none.html.contains("No tenant matches"))
        }
    }

    @Test func tree_staysSmallWithManySiblings() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            for index in 0..<30 {
                let name = "team \(index)"
                _ = try await portal.services.tenants.create(name: name, parentID: acme.data.id, as: acme.admin)
            }

            let page = try await Browser(portal, as: .admin).open("/tenants?open=\(acme.data.id)")

            #expect(page.html.contains("More below Data"))
            #expect(page.html.matches(of: /class="tree-row/).count < 35)
        }
    }

    @Test func page_showsTheTenantAndOffersWhatTheReaderMayDo() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let path = "/tenants/\(acme.engineering.id)"

            let manager = try await Browser(portal, as: .manager).open(path)
            let auditor = try await Browser(portal, as: .auditor).open(path)
            let stranger = try await Browser(portal, as: .stranger).open(path)

            #expect(manager.html.contains("Payments") && manager.html.contains("\(path)/children"))
            #expect(!manager.html.contains("\(path)/move"), "its parent is out of reach")
            #expect(auditor.status == 200 && !auditor.html.contains("\(path)/rename"))
            #expect(stranger.status == 404)
        }
    }

    @Test func forms_changeTheTenantAndKeepWhatWasTyped() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.engineering.id)"

            let created = try await browser.submit("\(path)/children", ["name": "Fraud"])
            let taken = try await browser.submit("\(path)/children", ["name": "payments"])
            let renamed = try await browser.submit("/tenants/\(acme.platform.id)/rename", ["name": "Base"])
            let archived = try await browser.submit("/tenants/\(acme.platform.id)/archive", [:])
            let full = try await browser.submit("\(path)/archive", [:])
            let back = try await browser.submit("/tenants/\(acme.platform.id)/unarchive", [:])
            let fraud = try #require(created.location)
            let deleted = try await browser.submit("\(fraud)/delete", [:])

            #expect(created.status == 303)
            #expect(taken.status == 409 && taken.html.contains("value=\"payments\""))
            #expect(taken.html.contains("aria-invalid=\"true\""))
            #expect([renamed.status, archived.status, back.status, deleted.status] == [303, 303, 303, 303])
            #expect(full.status == 409 && full.html.contains("is not empty"))
            #expect(deleted.location == path)
        }
    }

    @Test func move_isLookedAtBeforeItIsDone() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)
            let path = "/tenants/\(acme.payments.id)/move"

            let places = try await browser.open(path)
            let preview = try await browser.open("\(path)?parent=\(acme.data.id)")
            let cycle = try await browser.open("\(path)?parent=\(acme.payments.id)")
            let moved = try await browser.submit(
                path,
                ["parentId": acme.data.id.description, "version": acme.payments.etag.description]
            )
            let stale = try await browser.submit(
                path,
                ["parentId": acme.platform.id.description, "version": acme.payments.etag.description]
            )

            #expect(places.html.contains("Platform") && places.html.contains("Choose a tenant first"))
            #expect(preview.html.contains("stranger@acme.example") && preview.html.contains("manager@acme.example"))
            #expect(cycle.status == 400 && cycle.html.contains("cannot move there"))
            #expect(moved.status == 303 && moved.location == "/tenants/\(acme.payments.id)")
            #expect(stale.status == 412)
            let tenant = try await portal.services.tenants.get(acme.payments.id, as: acme.admin)
            #expect(tenant.parentID == acme.data.id)
            #expect(try await Browser(portal, as: .member).open(path).status == 403)
        }
    }
}

extension Browser {
    /// Sends a form with the token of the session.
    func submit(_ target: String, _ fields: [String: String]) async throws -> Page {
        let page = try await open("/")
        return try await submit(target, fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, on: page)
    }
}
