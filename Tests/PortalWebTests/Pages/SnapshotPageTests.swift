import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct SnapshotPageTests {
    private struct Scene {
        let portal: TestPortal
        let vcluster: VCluster
        let browser: Browser
        var path: String { "/vclusters/\(vcluster.id)" }

        /// Takes a snapshot by the form of the page.
        func take(_ name: String) async throws -> Snapshot {
            let page = try await browser.open(path)
            let answer = try await browser.submit(
                "\(path)/snapshots",
                [("name", name), ("description", "Try")],
                on: page
            )
            #expect(answer.status == 303 && answer.location == path)
            return try await settled()
        }

        func settled() async throws -> Snapshot {
            let client = try await portal.checked(as: .member)
            try await portal.waitForPhase("RUNNING", of: vcluster.id.description, by: client)
            let list = try await portal.services.vclusters.snapshots(of: vcluster.id, as: portal.organization.member)
            return try #require(list.items.first)
        }
    }

    private func withScene(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await portal.settled(try await portal.payments("checkout"))
            let browser = try await Browser(portal, as: .member)
            try await body(Scene(portal: portal, vcluster: vcluster, browser: browser))
        }
    }

    @Test func page_hasTheSnapshotsAndWhatCanBeDoneWithThem() async throws {
        try await withScene { scene in
            let before = try await scene.browser.open(scene.path)
            let snapshot = try await scene.take("before-upgrade")
            let after = try await scene.browser.open(scene.path)
            let viewer = try await Browser(scene.portal, as: .viewer).open(scene.path)

            #expect(before.html.contains("No snapshots yet."))
            #expect(before.html.contains("own volume"))
            #expect(before.html.contains("action=\"\(scene.path)/snapshots\""))
            #expect(after.html.contains("before-upgrade") && after.html.contains("5Mi"))
            #expect(after.html.contains("href=\"/snapshots/\(snapshot.id)/restore\""))
            #expect(after.html.contains("href=\"/snapshots/\(snapshot.id)/delete\""))
            #expect(viewer.html.contains("before-upgrade"))
            #expect(!viewer.html.contains("/snapshots/\(snapshot.id)/"))
            #expect(!viewer.html.contains("action=\"\(scene.path)/snapshots\""))
        }
    }

    @Test func restore_asksFirst() async throws {
        try await withScene { scene in
            let snapshot = try await scene.take("before-upgrade")
            let target = "/snapshots/\(snapshot.id)/restore"

            let question = try await scene.browser.open(target)
            let version = question.html.firstMatch(of: /name="version" value="([^"]+)"/).map { String($0.output.1) }
            let value = (version ?? "").replacing("&quot;", with: "\"").replacing("&#34;", with: "\"")
            let answer = try await scene.browser.submit(target, [("version", value)], on: question)

            #expect(question.status == 200 && question.html.contains("Restore before-upgrade"))
            #expect(question.html.contains("are lost"))
            #expect(answer.status == 303 && answer.location?.hasPrefix("/operations/") == true)
            _ = try await scene.settled()
            let again = try await scene.browser.submit(target, [("version", value)], on: question)
            #expect(again.status == 412 && again.html.contains("This cannot be done now."))
        }
    }

    @Test func delete_asksFirst() async throws {
        try await withScene { scene in
            let snapshot = try await scene.take("old")
            let target = "/snapshots/\(snapshot.id)/delete"

            let question = try await scene.browser.open(target)
            let answer = try await scene.browser.submit(target, [], on: question)

            #expect(question.status == 200 && question.html.contains("Delete old"))
            #expect(answer.status == 303 && answer.location == scene.path)
            let client = try await scene.portal.checked(as: .member)
            try await scene.portal.waitForPhase("RUNNING", of: scene.vcluster.id.description, by: client)
            #expect(try await scene.browser.open(target).status == 404)
        }
    }

    @Test func questions_areNotForEverybody() async throws {
        try await withScene { scene in
            let snapshot = try await scene.take("first")
            for kind in ["restore", "delete"] {
                let target = "/snapshots/\(snapshot.id)/\(kind)"
                #expect(try await Browser(scene.portal, as: .viewer).open(target).status == 403)
                #expect(try await Browser(scene.portal, as: .stranger).open(target).status == 404)
            }
        }
    }

    @Test func take_keepsWhatWasTypedWhenItIsRefused() async throws {
        try await withScene { scene in
            let page = try await scene.browser.open(scene.path)
            let wrong = try await scene.browser.submit("\(scene.path)/snapshots", [("name", "Not A Label")], on: page)
            let admin = try await scene.portal.client(as: .admin)
            let limits: JSONValue = ["limits": ["snapshotStorage": 0]]
            let tenant = scene.portal.organization.payments.id
            #expect(try await admin.put("/api/v1/tenants/\(tenant)/quota", limits).status == 200)
            let refused = try await scene.browser.submit("\(scene.path)/snapshots", [("name", "mine")], on: page)

            #expect(wrong.status == 400 && wrong.html.contains("value=\"Not A Label\""))
            #expect(refused.status == 422 && refused.html.contains("value=\"mine\""))
            #expect(refused.html.contains("Payments"))
        }
    }

    @Test func pages_areInChinese() async throws {
        try await withScene { scene in
            let snapshot = try await scene.take("first")
            let browser = try await Browser(scene.portal, as: .member, language: "zh-CN")
            let page = try await browser.open(scene.path)
            let question = try await browser.open("/snapshots/\(snapshot.id)/restore")

            #expect(page.html.contains("快照") && page.html.contains("就绪"))
            #expect(question.html.contains("还原 first"))
        }
    }
}
