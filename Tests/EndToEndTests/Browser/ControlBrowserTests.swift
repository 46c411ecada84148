import Foundation
import JSON
import Portal
import PortalTesting
import Postgres
import Testing

/// What controls do that only a browser can tell: the clipboard, the focus, and names without a place to break.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ControlBrowserTests {
    @Test func copy_takesTheKubeconfigAndNeverTheSignInPage() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer { server in
                let answer = try await site.member(of: server).create("shop", at: site)
                let id = try #require(answer["vcluster"]?["id"]?.string)
                try await WebDriver.withBrowser { browser in
                    try await browser.signIn(to: server, "/vclusters/\(id)")
                    try await browser.wait(for: "the kubeconfig") { try await browser.exists("[data-copy-from]") }
                    try await browser.run(
                        """
                        window.copied = [];
                        Object.defineProperty(navigator.clipboard, "writeText", { value: async (text) => { copied.push(text) } });
                        """
                    )

                    try await browser.click("[data-copy-from]")
                    try await browser.wait(for: "the first copy") {
                        try await browser.run("return copied.length").int == 1
                    }
                    try await site.database.execute("DELETE FROM sessions")
                    try await browser.click("[data-copy-from]")
                    try await browser.wait(for: "the refusal") {
                        try await browser.text(of: "[data-copy-from]").contains("Not")
                    }

                    let copied = try await browser.run("return copied").array?.compactMap(\.string) ?? []
                    #expect(copied.count == 1)
                    #expect(copied.first?.contains("current-context:") == true)
                }
            }
        }
    }

    @Test func tree_keepsTheFocusWhenABranchIsOpened() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer { server in
                try await WebDriver.withBrowser { browser in
                    let toggle = "#toggle-\(site.organization.engineering.id)"
                    try await browser.signIn(to: server, "/tenants", as: .admin)

                    try await browser.run("document.querySelector('\(toggle)').focus()")
                    try await browser.click(toggle, for: "\(toggle)[aria-expanded=true]")

                    try await browser.wait(for: "the focus") {
                        try await browser.run("return '#' + document.activeElement.id").string == toggle
                    }
                }
            }
        }
    }

    @Test func longNames_fitAPhone() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            let services = IdentityService(database: site.database, time: SystemTimeSource())
            let email = String(repeating: "x", count: 47) + "@acme.example"
            let new = NewUser(email: email, name: email, password: nil)
            let user = try await services.createUser(new, as: .system("test"))
            let tenants = TenantService(database: site.database, time: SystemTimeSource())
            let name = String(repeating: "Abteilung", count: 6)
            let tenant = try await tenants.ensure(name: name, parentID: site.organization.root.id, as: .system("test"))
            try await tenants.addMember(user.id, role: .viewer, to: tenant.id, as: .system("test"))
            try await site.withServer { server in
                try await WebDriver.withBrowser { browser in
                    try await browser.becomePhone()
                    try await browser.signIn(to: server, as: .admin)
                    let pages = [
                        "/admin/users?q=xxx", "/admin/users/\(user.id)", "/tenants", "/tenants/\(tenant.id)",
                        "/tenants/\(tenant.id)/access", "/audit?tenant=\(tenant.id)", "/admin/groups",
                    ]
                    for page in pages {
                        try await browser.open(server.url + page)
                        let width = try await browser.run("return document.documentElement.scrollWidth").int
                        #expect(width == 360, "\(page)")
                    }
                }
            }
        }
    }
}
