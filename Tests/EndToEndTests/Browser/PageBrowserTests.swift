import Foundation
import JSON
import Portal
import PortalTesting
import Postgres
import Testing

/// Every page in a real browser: nothing to complain about, no wider than a phone, in both languages.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct PageBrowserTests {
    private static let phoneWidth: Int64 = 360

    @Test func everyPage_fitsAPhone_withoutComplaints() async throws {
        try await withPages { browser, server, pages in
            try await browser.becomePhone()
            try await browser.open(server.url + "/login")
            try await expectFits(browser, "/login")
            try await browser.signIn(to: server, as: .admin)
            for page in pages {
                try await browser.open(server.url + page)
                try await expectFits(browser, page)
            }
            // Menus are part of the page as well.
            let vcluster = try #require(pages.first { $0.hasPrefix("/vclusters/0") })
            try await browser.open(server.url + vcluster)
            try await browser.click("#vcluster-actions summary.button-text-danger")
            try await expectFits(browser, "the form that deletes")

            #expect(try await browser.complaints() == [])
            try await browser.open(server.url + "/nothing/here")
            try await expectFits(browser, "the page of an error")
        }
    }

    @Test func everyPage_isChinese_onceChosen() async throws {
        try await withPages { browser, server, pages in
            try await browser.open(server.url + "/login")
            try await browser.click("a[hreflang='zh-Hans']")
            #expect(try await browser.text(of: "h1") == "登录")
            // The choice stays with the account.
            try await browser.signIn(as: .admin)
            for page in pages {
                try await browser.open(server.url + page)
                #expect(try await browser.attribute("lang", of: "html") == "zh-Hans", "\(page)")
                let title = try await browser.title()
                #expect(title.contains { $0.isHan }, "\(page) is called \(title)")
                let main = try await browser.text(of: "main")
                #expect(main.contains { $0.isHan }, "\(page)")
                // A key that has no text shows itself.
                #expect(main.firstMatch(of: /\b[a-z]+\.[a-z]+[A-Z][A-Za-z]+\b/) == nil, "\(page): \(main)")
            }
            #expect(try await browser.complaints() == [])
        }
    }

    @Test(arguments: ["light", "dark"]) func everyPage_isAccessible(scheme: String) async throws {
        try await withPages { browser, server, pages in
            try await browser.devTools(
                "Emulation.setEmulatedMedia",
                ["features": [["name": "prefers-color-scheme", "value": .string(scheme)]]]
            )
            try await browser.open(server.url + "/login")
            #expect(try await Accessibility.violations(in: browser) == [], "/login")
            try await browser.signIn(to: server, as: .admin)
            for page in pages {
                try await browser.open(server.url + page)
                #expect(try await Accessibility.violations(in: browser) == [], "\(page)")
            }
        }
    }

    /// A server with a running vcluster, and the addresses of all pages of an administrator.
    private func withPages(_ body: (WebDriver, PortalProcess, [String]) async throws -> Void) async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer { server in
                let answer = try await site.member(of: server).create(
                    "a-name-that-is-as-long-as-names-may-be-1",
                    at: site
                )
                let vcluster = try #require(answer["vcluster"]?["id"]?.string)
                let operation = try #require(answer["operation"]?["id"]?.string)
                try await site.poll("the vcluster") {
                    let row = try await site.row("SELECT count(*) AS count FROM vclusters WHERE phase = 'RUNNING'")
                    return try row.decode("count", as: Int64.self) == 1 ? true : nil
                }
                let tenant = site.organization.payments.id
                let wizard = "/vclusters/new?templateId=\(site.template.id)&name=next&tenantId=\(tenant)&go="
                let tenants = [
                    "/tenants", "/tenants?open=\(tenant)", "/tenants?q=pay", "/tenants?archived=true",
                    "/tenants/\(tenant)", "/tenants/\(site.organization.root.id)",
                    "/tenants/\(tenant)/move?parent=\(site.organization.data.id)", "/tenants/\(tenant)/access",
                    "/tenants/\(tenant)/quota",
                    "/tenants/\(tenant)/rules", "/tenants/\(tenant)/policies", "/tenants/\(tenant)/policies/new",
                    "/requests",
                    "/admin/invitations",
                    "/admin/roles", "/admin/roles/new", "/admin/users", "/admin/groups", "/admin/service-accounts",
                    "/admin/users/\(site.organization.viewer.user.id)",
                ]
                let pages =
                    tenants + [
                        "/", "/vclusters", "/vclusters?q=nothing", "/vclusters/\(vcluster)", "/operations/\(operation)",
                        wizard + "template", wizard + "name", wizard + "size", wizard + "review", "/hosts", "/audit",
                        "/account/security", "/account/tokens",
                    ]
                try await WebDriver.withBrowser { try await body($0, server, pages) }
            }
        }
    }

    /// Nothing sticks out to the right; elements that scroll by themselves may be wider inside.
    private func expectFits(_ browser: WebDriver, _ page: String) async throws {
        let width = try await browser.run("return document.documentElement.scrollWidth").int ?? 0
        guard width > Self.phoneWidth else { return }
        let widest = try await browser.run(
            """
            return [...document.querySelectorAll("body *")]
              .filter((element) => element.getBoundingClientRect().right > \(Self.phoneWidth) + 1)
              .slice(0, 5).map((element) => element.outerHTML.slice(0, 200));
            """
        )
        Issue.record("\(page) is \(width) px wide because of \(widest.encodedString(pretty: true))")
    }
}

extension Character {
    fileprivate var isHan: Bool { unicodeScalars.contains { $0.properties.isIdeographic } }
}
