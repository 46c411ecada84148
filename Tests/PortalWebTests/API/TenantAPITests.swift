import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct TenantAPITests {
    @Test func tenants_areCreatedRenamedAndRemoved() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let parent = JSONValue.string(portal.organization.engineering.id.description)

            let created = try await client.post("/api/v1/tenants", ["name": "Fraud", "parentId": parent])
            let path = try #require(created.headers["Location"])
            let renamed = try await client.patch(
                path,
                ["name": "Risk"],
                headers: ["If-Match": created.headers["ETag"] ?? ""]
            )
            let stale = try await client.patch(
                path,
                ["name": "Late"],
                headers: ["If-Match": created.headers["ETag"] ?? ""]
            )

            #expect(created.status == 201)
            #expect(renamed.status == 200 && renamed.json["name"] == "Risk")
            #expect(renamed.headers["ETag"] != created.headers["ETag"])
            #expect(stale.status == 412 && stale.json["code"] == "PRECONDITION_FAILED")
            #expect(try await client.get(path).json["name"] == "Risk")
            #expect(try await client.delete(path, headers: ["If-Match": "\"99\""]).status == 412)
            #expect(try await client.delete(path).status == 204)
            #expect(try await client.get(path).status == 404)
        }
    }

    @Test func list_showsWhatIsVisibleInPages() async throws {
        try await withPortal { portal in
            let admin = try await portal.checked(as: .admin)

            let first = try await admin.get("/api/v1/tenants?pageSize=2").json
            let token = try #require(first["nextPageToken"]?.string)
            let second = try await admin.get("/api/v1/tenants?pageSize=200&pageToken=\(token)").json
            let member = try await portal.checked(as: .member).get("/api/v1/tenants").json

            #expect(first["items"]?.array?.count == 2)
            #expect(second["items"]?.array?.count == 3)
            #expect(second["nextPageToken"] == .null)
            #expect(member["items"]?.array?.compactMap { $0["name"]?.string } == ["Payments"])
        }
    }

    @Test func tenants_outOfSightDoNotExist() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let foreign = portal.organization.data.id

            #expect(try await client.get("/api/v1/tenants/\(foreign)").status == 404)
            #expect(try await client.patch("/api/v1/tenants/\(foreign)", ["name": "x"]).status == 404)
            #expect(try await client.get("/api/v1/tenants/\(foreign)/members").status == 404)
            #expect(try await client.delete("/api/v1/tenants/\(foreign)").status == 404)
            let own = portal.organization.payments.id
            let forbidden = try await client.patch("/api/v1/tenants/\(own)", ["name": "x"])
            #expect(forbidden.status == 403)
            #expect(forbidden.json["missingPermission"] == "tenants.manage")
        }
    }

    @Test func create_refusesANameThatIsTaken() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let parent = JSONValue.string(portal.organization.engineering.id.description)

            let response = try await client.post("/api/v1/tenants", ["name": "payments", "parentId": parent])

            #expect(response.status == 409 && response.json["code"] == "ALREADY_EXISTS")
        }
    }

    @Test func members_areAddedListedAndRemoved() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let path = "/api/v1/tenants/\(portal.organization.payments.id)/members"
            let user = portal.organization.nobody.user.id

            let added = try await client.post(path, ["email": "nobody@acme.example", "role": "viewer"])
            let listed = try await client.get(path).json
            let removed = try await client.delete("\(path)?userId=\(user)&role=viewer")

            #expect(added.status == 204)
            #expect(listed["items"]?.array?.contains { $0["email"] == "nobody@acme.example" } == true)
            #expect(removed.status == 204)
            #expect(try await client.delete("\(path)?userId=\(user)&role=viewer").status == 404)
            let wrong = try await client.delete("\(path)?userId=7")
            #expect(wrong.status == 400 && wrong.errorFields == ["userId", "role"])
            let greedy = try await client.post(path, ["email": "nobody@acme.example", "role": "admin"])
            #expect(greedy.status == 403)
        }
    }
}
