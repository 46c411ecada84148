import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Entity tags of accounts: of two who change the same version, one hears that the other was faster.
struct VersionAPITests {
    @Test func user_isChangedOnlyInTheVersionThatWasSeen() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let path = "/api/v1/users/\(portal.organization.viewer.user.id)"

            let seen = try #require(try await client.get(path).headers["ETag"])
            let changed = try await client.patch(path, ["name": "First"], headers: ["If-Match": seen])
            let late = try await client.patch(path, ["name": "Second"], headers: ["If-Match": seen])
            let same = try await client.patch(path, ["name": "First"])
            let disabled = try await client.post("\(path)/disable")

            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.headers["ETag"] != nil && changed.headers["ETag"] != seen)
            #expect(late.status == 412)
            #expect(same.headers["ETag"] == changed.headers["ETag"], "nothing was changed")
            #expect(disabled.headers["ETag"] != changed.headers["ETag"])
            #expect(try await client.get(path).headers["ETag"] == disabled.headers["ETag"])
        }
    }

    @Test func serviceAccount_isChangedOnlyInTheVersionThatWasSeen() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let tenant = portal.organization.payments.id.description
            let body: JSONValue = ["tenantId": .string(tenant), "name": "ci"]
            let created = try await client.post("/api/v1/service-accounts", body)
            let path = try #require(created.headers["Location"])

            let seen = try #require(try await client.get(path).headers["ETag"])
            let changed = try await client.patch(path, ["name": "runner"], headers: ["If-Match": seen])
            let late = try await client.patch(path, ["disabled": true], headers: ["If-Match": seen])
            let kept = try await client.delete(path, headers: ["If-Match": seen])

            #expect(created.headers["ETag"] == seen)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(late.status == 412 && kept.status == 412)
            let now = changed.headers["ETag"] ?? ""
            #expect(try await client.delete(path, headers: ["If-Match": now]).status == 204)
        }
    }

    @Test func formOfAnAccount_saysThatSomebodyWasFaster() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .admin)
            let id = portal.organization.viewer.user.id
            let path = "/admin/users/\(id)"
            let page = try await browser.open(path)
            let version = try #require(page.html.firstMatch(of: /name="version" value="&quot;(\d+)&quot;"/)?.output.1)
            func save(_ name: String) async throws -> Browser.Page {
                let fields = [("name", name), ("timeZone", "UTC"), ("version", "\"\(version)\"")]
                return try await browser.submit(path, fields, on: page)
            }

            let first = try await save("First")
            let second = try await save("Second")

            #expect(first.status == 303)
            #expect(second.status == 412)
            #expect(second.html.contains("value=\"Second\""))
            let user = try await portal.services.identity.getUser(id, as: portal.organization.admin)
            #expect(user.name == "First")
        }
    }
}
