import HTTPCore
import PortalTesting
import Testing

@testable import Portal
@testable import PortalWeb

struct ListPageTests {
    @Test func overview_saysWhatToDoFirst() async throws {
        try await withPortal { portal in
            let member = try await Browser(portal, as: .member).open("/")
            let viewer = try await Browser(portal, as: .viewer).open("/")

            #expect(member.html.contains("Create your first vcluster"))
            #expect(member.html.contains("href=\"/vclusters/new\""))
            #expect(viewer.html.contains("No vclusters yet"))
            #expect(!viewer.html.contains("href=\"/vclusters/new\""))
        }
    }

    @Test func overview_countsAndListsOperations() async throws {
        try await withPortal { portal in
            _ = try await portal.payments("checkout")

            let page = try await Browser(portal, as: .member).open("/")

            #expect(page.html.contains("Create checkout"))
            #expect(page.html.firstMatch(of: /In progress<\/span>\s*<span class="figure-value">1</) != nil)
        }
    }

    @Test func list_showsOnlyWhatTheReaderMaySee() async throws {
        try await withPortal { portal in
            let change = try await portal.payments("checkout")

            let member = try await Browser(portal, as: .viewer).open("/vclusters")
            let stranger = try await Browser(portal, as: .stranger).open("/vclusters")

            #expect(member.html.contains("/vclusters/\(change.vcluster.id)"))
            #expect(member.html.contains("Pending"))
            #expect(member.html.contains("simulated"))
            #expect(!stranger.html.contains("checkout"))
            #expect(stranger.html.contains("Create your first vcluster"))
        }
    }

    @Test func list_filtersAndSaysWhenNothingMatches() async throws {
        try await withPortal { portal in
            _ = try await portal.payments("checkout")
            _ = try await portal.payments("ledger")
            let browser = try await Browser(portal, as: .member)

            let found = try await browser.open("/vclusters?q=LEDG")
            let status = try await browser.open("/vclusters?status=failed")
            let environment = try await browser.open("/vclusters?environment=prod")
            let garbage = try await browser.open("/vclusters?status=x&tenant=y&host=z&environment=q")

            #expect(found.html.contains("ledger"))
            #expect(!found.html.contains("checkout"))
            #expect(status.html.contains("No vcluster matches"))
            #expect(environment.html.contains("No vcluster matches"))
            #expect(garbage.html.contains("checkout"))
        }
    }

    @Test func list_answersAPartToScripts() async throws {
        try await withPortal { portal in
            _ = try await portal.payments("checkout")
            let browser = try await Browser(portal, as: .member)

            let part = try await browser.open("/vclusters", headers: ["HX-Request": "true"])
            let restored = try await browser.open(
                "/vclusters",
                headers: ["HX-Request": "true", "HX-History-Restore-Request": "true"]
            )

            #expect(!part.html.contains("<html"))
            #expect(part.html.contains("id=\"vcluster-list\""))
            #expect(part.html.contains("id=\"vcluster-tabs\""))
            #expect(restored.html.contains("<html"))
        }
    }

    @Test func query_remembersTheWayBack() {
        var query = VClusterListQuery(QueryItems(parsing: "status=running&q=+pay+"))

        for token in ["a", "b", "c"] { query = VClusterListQuery(query.next(token).href) }

        #expect(query.group == .running)
        #expect(query.text == "pay")
        #expect(query.pageToken == "c")
        #expect(query.previous?.pageToken == "b")
        #expect(query.previous?.previous?.pageToken == "a")
        #expect(query.previous?.previous?.previous?.pageToken == nil)
        #expect(query.firstPage.previous == nil)
        #expect(query.with(group: nil).href == "/vclusters?q=pay")
    }

    @Test func sections_areOnlyForThoseWhoMayOpenThem() async throws {
        try await withPortal { portal in
            let admin = try await Browser(portal, as: .admin)
            let member = try await Browser(portal, as: .member)

            let hosts = try await admin.open("/hosts")
            let audit = try await admin.open("/audit")
            let refused = try await member.open("/hosts")

            #expect(hosts.html.contains("lab"))
            #expect(audit.status == 200)
            #expect(refused.status == 403)
            #expect(refused.html.contains("You may not do this"))
            #expect(!refused.html.contains("href=\"/hosts\""))
        }
    }

    @Test func error_isAPageThatHelps() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)

            let unknown = try await browser.open("/nothing/here")
            let noID = try await browser.open("/vclusters/not-an-id")

            for page in [unknown, noID] {
                #expect(page.status == 404)
                #expect(page.html.contains("Not found"))
                #expect(page.html.contains("href=\"/vclusters\""))
            }
        }
    }
}

extension VClusterListQuery {
    fileprivate init(_ href: String) {
        self.init(QueryItems(parsing: href.split(separator: "?").last.map(String.init)))
    }

    @Test func forms_offerTheTenantThatTheAddressNames() async throws {
        try await withPortal { portal in
            let organization = portal.organization
            for index in 0..<PortalLimits.Tenants.choicesMax {
                _ = try await portal.services.tenants.create(
                    name: "team \(index)",
                    parentID: organization.data.id,
                    as: organization.admin
                )
            }
            let last = try await portal.services.tenants.create(
                name: "zeta",
                parentID: organization.payments.id,
                as: organization.admin
            )
            let browser = try await Browser(portal, as: .admin)

            for page in ["/admin/users", "/admin/groups", "/admin/service-accounts", "/account/tokens"] {
                let option = "<option value=\"\(last.id)\""
                #expect(!(try await browser.open(page).html.contains(option)), "\(page) offers the first ones")
                #expect(try await browser.open("\(page)?tenant=\(last.id)").html.contains(option), "\(page)")
            }
        }
    }
}
