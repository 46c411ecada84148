import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct TenantMoveAPITests {
    @Test func move_answersTheTenantInItsNewPlace() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let client = try await portal.checked(as: .admin)
            let path = "/api/v1/tenants/\(acme.payments.id)/move"
            let data = JSONValue.string(acme.data.id.description)

            let stale = try await client.post(path, ["parentId": data], headers: ["If-Match": "\"9\""])
            let moved = try await client.post(path, ["parentId": data], headers: ["If-Match": "\"1\""])
            let cycle = try await client.post(
                "/api/v1/tenants/\(acme.data.id)/move",
                ["parentId": .string(acme.payments.id.description)]
            )
            let missing = try await client.post(path, [:])

            #expect(stale.status == 412)
            #expect(moved.status == 200 && moved.json["parentId"] == data)
            #expect(moved.headers["ETag"] == "\"2\"")
            #expect(cycle.status == 400 && cycle.errorFields == ["parentId"])
            #expect(missing.status == 400 && missing.errorFields == ["parentId"])
        }
    }

    @Test func move_hidesForeignTenantsAndNamesThePermission() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let data = JSONValue.string(acme.data.id.description)
            let platform = JSONValue.string(acme.platform.id.description)
            let path = "/api/v1/tenants/\(acme.payments.id)"

            for action in ["move", "archive", "unarchive"] {
                let body: JSONValue? = action == "move" ? ["parentId": data] : nil
                let stranger = try await portal.checked(as: .stranger).post("\(path)/\(action)", body)
                #expect(stranger.status == 404, "\(action)")
                let own: JSONValue? = action == "move" ? ["parentId": platform] : nil
                let auditor = try await portal.checked(as: .auditor).post("\(path)/\(action)", own)
                #expect(auditor.status == 403 && auditor.json["missingPermission"] == "tenants.manage", "\(action)")
            }
            let manager = try await portal.checked(as: .manager)
            #expect(try await manager.post("\(path)/move", ["parentId": data]).status == 404)
        }
    }

    @Test func archive_hidesFromTheListUnlessAsked() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let path = "/api/v1/tenants/\(portal.organization.platform.id)"
            func names(_ query: String) async throws -> [String] {
                try await client.get("/api/v1/tenants\(query)").json["items"]?.array?.compactMap { $0["name"]?.string }
                    ?? []
            }

            let archived = try await client.post("\(path)/archive")

            #expect(archived.status == 200 && archived.json["archivedAt"]?.string != nil)
            #expect(try await names("") == ["Engineering", "Payments"])
            #expect(try await names("?archived=true") == ["Platform"])
            #expect(try await client.get(path).status == 200, "its records can still be read")
            let refused = try await client.post(
                "/api/v1/tenants",
                ["name": "New", "parentId": .string(portal.organization.platform.id.description)]
            )
            #expect(refused.status == 409 && refused.json["code"] == "CONFLICT")
            #expect(try await client.post("\(path)/unarchive").json["archivedAt"] == .null)
            let full = try await client.post("/api/v1/tenants/\(portal.organization.engineering.id)/archive")
            #expect(full.status == 409 && full.json["liveTenants"] == 2)
        }
    }
}
