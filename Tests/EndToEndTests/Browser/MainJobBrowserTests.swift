import Foundation
import JSON
import PortalTesting
import Testing

/// The main job in a real browser: from the sign-in form to a kubeconfig, and away and back again.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct MainJobBrowserTests {
    /// Slow enough that a bar can be watched.
    private static let latencyMilliseconds = 250

    @Test func mainJob_worksLive() async throws {
        try await Site.with(latencyMilliseconds: Self.latencyMilliseconds) { site in
            try await site.withServer { server in
                try await WebDriver.withBrowser { browser in
                    // The page that was wanted comes after the sign-in.
                    try await browser.signIn(to: server, "/vclusters")
                    #expect(try await browser.path() == "/vclusters")

                    try await browser.createWithWizard("shop", on: server)
                    let bar = try await watchBar(browser)
                    #expect(bar.last == 100)
                    #expect(bar == bar.sorted())
                    #expect(bar.contains { $0 > 0 && $0 < 100 }, "\(bar)")

                    try await browser.openVClusterWhenDone(phase: "RUNNING")
                    try await browser.click("a[download]")
                    let name = try #require(await browser.attribute("download", of: "a[download]"))
                    let kubeconfig = try await browser.download(name)
                    #expect(name.contains("shop"))
                    #expect(kubeconfig.contains("server: https://shop.simulated.invalid"))
                    #expect(kubeconfig.contains("current-context:"))

                    try await browser.deleteVCluster()
                    try await browser.openVClusterWhenDone(phase: "DELETED")
                    try await browser.click("form[action$='/undelete'] button")
                    // The page stays, and follows.
                    try await browser.wait(for: "the phase RUNNING") {
                        try await browser.exists("#vcluster-actions[data-phase=RUNNING]")
                    }

                    #expect(try await browser.complaints() == [])
                }
            }
        }
    }

    @Test func mainJob_worksWithoutScripts() async throws {
        try await Site.with(latencyMilliseconds: Self.latencyMilliseconds) { site in
            try await site.withServer { server in
                try await WebDriver.withBrowser { browser in
                    try await browser.devTools("Emulation.setScriptExecutionDisabled", ["value": true])
                    try await browser.signIn(to: server)
                    #expect(try await !browser.exists("html.has-script"))

                    try await browser.createWithWizard("plain", on: server)
                    #expect(try await browser.exists("noscript meta[http-equiv=refresh]"))
                    try await browser.openVClusterWhenDone(phase: "RUNNING")
                    try await browser.click("a[download]")
                    #expect(try await browser.download("plain.kubeconfig.yaml").contains("plain.simulated.invalid"))
                    try await browser.deleteVCluster()
                    try await browser.openVClusterWhenDone(phase: "DELETED")

                    try await browser.open(server.url + "/vclusters?q=plain")
                    #expect(try await browser.text(of: "#vcluster-list").contains("plain"))
                    #expect(try await browser.complaints() == [])
                }
            }
        }
    }

    @Test func vclusterPage_followsChangesOfOthers() async throws {
        try await Site.with(latencyMilliseconds: 20) { site in
            try await site.withServer { server in
                try await WebDriver.withBrowser { browser in
                    let client = site.member(of: server)
                    try await browser.signIn(to: server, "/vclusters")
                    try await browser.run("window.stayed = true")

                    // Somebody else creates one while the list is looked at.
                    let answer = try await client.create("theirs", at: site)
                    let id = try #require(answer["vcluster"]?["id"]?.string)
                    try await browser.wait(for: "the new row", within: .seconds(30)) {
                        try await browser.exists("#vcluster-\(id)")
                    }
                    #expect(try await browser.run("return window.stayed").bool == true)

                    // And suspends it while its page is looked at.
                    try await browser.click("#vcluster-\(id)")
                    try await browser.wait(for: "the phase RUNNING", within: .seconds(30)) {
                        try await browser.exists("#vcluster-actions[data-phase=RUNNING]")
                    }
                    try await browser.run("window.stayed = true")
                    try await client.post("/api/v1/vclusters/\(id)/suspend")
                    try await browser.wait(for: "the phase SUSPENDED", within: .seconds(30)) {
                        try await browser.exists("#vcluster-actions[data-phase=SUSPENDED]")
                    }
                    #expect(try await browser.run("return window.stayed").bool == true)
                    #expect(try await browser.complaints() == [])
                }
            }
        }
    }

    /// Every value that the bar took until the operation was done; the page must not have been loaded again.
    private func watchBar(_ browser: WebDriver) async throws -> [Int64] {
        try await browser.run(
            """
            window.bar = [];
            const note = () => {
              const value = document.getElementById("operation-bar")?.value;
              if (value !== undefined && value !== window.bar.at(-1)) window.bar.push(value);
            };
            note();
            new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
            """
        )
        try await browser.wait(for: "the end of the operation") { try await browser.exists(WebDriver.succeeded) }
        let values = try await browser.run("return window.bar ?? null")
        return try #require(values.array, "the page was loaded again").compactMap(\.int)
    }
}
