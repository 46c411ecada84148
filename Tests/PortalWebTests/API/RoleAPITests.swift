import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct RoleAPITests {
    @Test func roles_areMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let tenant = portal.organization.engineering.id.json
            let body: JSONValue = ["tenantId": tenant, "name": "On call", "permissions": ["vclusters.suspend"]]

            let created = try await client.post("/api/v1/roles", body)
            let path = try #require(created.headers["Location"])
            let again = try await client.post("/api/v1/roles", body)
            let stale = try await client.patch(path, ["name": "x"], headers: ["If-Match": "\"7\""])
            let changed = try await client.patch(path, ["description": "At night"])
            let listed = try await client.get("/api/v1/roles?tenantId=\(portal.organization.payments.id)")

            #expect(created.status == 201 && created.headers["ETag"] != nil, "\(created.text)")
            #expect(created.json["permissions"]?.array?.count == 4)
            #expect(again.status == 409 && stale.status == 412)
            #expect(changed.status == 200 && changed.json["description"] == "At night")
            #expect(listed.json["items"]?.array?.count == 7)
            #expect(try await client.delete(path).status == 204)
            #expect(try await client.get(path).status == 404)
        }
    }

    @Test func roles_ofOtherTenantsDoNotExist() async throws {
        try await withPortal { portal in
            let tenant = portal.organization.engineering.id.json
            let body: JSONValue = ["tenantId": tenant, "name": "On call", "permissions": ["vclusters.suspend"]]
            let created = try await portal.checked(as: .manager).post("/api/v1/roles", body)
            let path = try #require(created.headers["Location"])

            for persona in [TestPersona.stranger, .nobody] {
                let client = try await portal.checked(as: persona)
                #expect(try await client.get(path).status == 404)
                #expect(try await client.patch(path, ["name": "x"]).status == 404)
                #expect(try await client.delete(path).status == 404)
                #expect(try await client.post("/api/v1/roles", body).status == 404)
                #expect(try await client.get("/api/v1/roles").json["items"]?.array?.count == 6)
            }
            let viewer = try await portal.checked(as: .viewer)
            let refused = try await viewer.patch(path, ["name": "x"])
            #expect(refused.status == 403 && refused.json["missingPermission"] == "roles.manage")
        }
    }

    @Test func builtInRoles_areShownAndStay() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)

            let admin = try await client.get("/api/v1/roles/admin")
            let changed = try await client.patch("/api/v1/roles/admin", ["permissions": ["tenants.read"]])

            #expect(admin.json["builtIn"] == true)
            #expect(admin.json["permissions"]?.array?.count == Permission.allCases.count)
            #expect(changed.status == 409)
            #expect(try await client.delete("/api/v1/roles/admin").status == 409)
            #expect(try await client.get("/api/v1/roles/king").status == 404)
            let wrong = try await client.post(
                "/api/v1/roles",
                ["tenantId": portal.organization.root.id.json, "name": "x", "permissions": ["vclusters.fly"]]
            )
            #expect(wrong.errorFields == ["permissions[0]"])
        }
    }

    @Test func groups_giveRolesThroughTheAPI() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let acme = portal.organization
            let created = try await client.post(
                "/api/v1/groups",
                ["tenantId": acme.engineering.id.json, "name": "SRE"]
            )
            let path = try #require(created.headers["Location"])
            let id = try #require(created.json["id"]?.string)
            let members = "/api/v1/tenants/\(acme.payments.id)/members"

            let joined = try await client.post("\(path)/members", ["email": "nobody@acme.example"])
            let bound = try await client.post(members, ["groupId": .string(id), "role": "member"])
            let access = try await client.get(
                "/api/v1/tenants/\(acme.payments.id)/access?permission=vclusters.create"
            )
            let nobody = try await portal.checked(as: .nobody)
            let own = try await nobody.get("/api/v1/me/permissions?tenantId=\(acme.payments.id)")

            #expect(created.status == 201 && joined.status == 204 && bound.status == 204, "\(bound.text)")
            let grant = access.json["items"]?.array?.first { $0["subject"]?["email"] == "nobody@acme.example" }
            #expect(grant?["group"]?["name"] == "SRE" && grant?["role"] == "member")
            #expect(own.json["roles"]?[0]?["groupId"]?.string == id)
            #expect(own.json["permissions"]?.array?.contains("vclusters.create") == true)
            #expect(try await nobody.get("/api/v1/me/permissions?tenantId=\(acme.data.id)").status == 404)
            #expect(try await client.get("\(path)/members").json["items"]?.array?.count == 1)
            #expect(try await client.delete("\(members)?groupId=\(id)&role=member").status == 204)
            #expect(try await client.delete("\(path)/members?userId=\(acme.nobody.user.id)").status == 204)
            #expect(try await client.patch(path, ["name": "Ops"]).json["name"] == "Ops")
            #expect(try await client.delete(path).status == 204)
        }
    }

    @Test func groups_ofOtherTenantsDoNotExist() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let created = try await portal.checked(as: .manager).post(
                "/api/v1/groups",
                ["tenantId": acme.engineering.id.json, "name": "SRE"]
            )
            let path = try #require(created.headers["Location"])

            for persona in [TestPersona.stranger, .nobody] {
                let client = try await portal.checked(as: persona)
                let own = acme.caller(persona).user.id
                #expect(try await client.get(path).status == 404)
                #expect(try await client.patch(path, ["name": "x"]).status == 404)
                #expect(try await client.delete(path).status == 404)
                #expect(try await client.get("\(path)/members").status == 404)
                #expect(try await client.post("\(path)/members", ["userId": own.json]).status == 404)
                #expect(try await client.delete("\(path)/members?userId=\(own)").status == 404)
                #expect(try await client.get("/api/v1/groups").json["items"]?.array?.isEmpty == true)
                let access = "/api/v1/tenants/\(acme.payments.id)/access?permission=tenants.read"
                #expect(try await client.get(access).status == 404)
            }
        }
    }

    @Test func members_takeExactlyOneSubject() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let path = "/api/v1/tenants/\(portal.organization.payments.id)/members"
            let user = portal.organization.nobody.user.id

            let both = try await client.post(path, ["email": "a@b.c", "userId": user.json, "role": "viewer"])
            let none = try await client.post(path, ["role": "viewer"])
            let null = try await client.post(path, ["userId": nil, "role": "viewer"])
            let two = try await client.delete("\(path)?userId=\(user)&groupId=\(user)&role=viewer")

            for response in [both, none, null, two] { #expect(response.status == 400, "\(response.text)") }
            #expect(try await client.post(path, ["userId": user.json, "role": "viewer"]).status == 204)
        }
    }

    @Test func tokens_takeAScope() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let payments = portal.organization.payments.id

            let created = try await client.post(
                "/api/v1/tokens",
                ["name": "ci", "tenantId": payments.json, "permissions": ["vclusters.read"]]
            )
            let secret = created.json["token"]?.string ?? ""
            let bearer: HTTPHeaders = ["Authorization": "Bearer \(secret)"]
            let anonymous = try await portal.checked(as: nil)
            let mine = try await anonymous.get("/api/v1/me/permissions?tenantId=\(payments)", headers: bearer)
            let listed = try await anonymous.get("/api/v1/tenants", headers: bearer)

            #expect(created.status == 201 && created.json["tenantId"] == payments.json, "\(created.text)")
            #expect(mine.json["permissions"] == ["tenants.read", "vclusters.read"])
            #expect(listed.json["items"]?.array?.count == 1)
            let forbidden = try await anonymous.post("/api/v1/tokens", ["name": "more"], headers: bearer)
            #expect(forbidden.status == 403)
        }
    }
}
