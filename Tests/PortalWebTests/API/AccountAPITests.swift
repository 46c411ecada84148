import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct AccountAPITests {
    private static let password = "four words in a row"

    @Test func users_areManagedByAdmins() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)

            let created = try await client.post("/api/v1/users", ["email": "mei@acme.example", "name": "Mei"])
            let path = try #require(created.headers["Location"])
            let away: JSONValue = ["from": "2026-12-21", "until": "2027-01-03"]
            let changed = try await client.patch(path, ["away": away, "locale": "zh-Hans"])
            let wrong = try await client.patch(path, ["away": ["from": "2026-12-32", "until": "2026-12-01", "x": 1]])
            let found = try await client.get("/api/v1/users?q=mei")
            let disabled = try await client.post("\(path)/disable")
            let reset = try await client.post("\(path)/reset-password")
            let enabled = try await client.post("\(path)/enable")

            #expect(created.status == 201, "\(created.text)")
            #expect(changed.json["away"] == away)
            #expect(Set(wrong.errorFields) == ["away.from", "away.x"])
            #expect(found.json["items"]?.array?.count == 1)
            #expect(disabled.json["status"] == "disabled" && reset.status == 409)
            #expect(enabled.json["status"] == "active")
            #expect(try await client.patch(path, ["away": nil]).json["away"] == .null)
            #expect(try await client.get("\(path)/tokens").json["items"] == [])
        }
    }

    @Test func users_areClosedToOthers() async throws {
        try await withPortal { portal in
            let path = "/api/v1/users/\(portal.organization.member.user.id)"
            for persona in [TestPersona.manager, .member, .stranger, .auditor] {
                let client = try await portal.checked(as: persona)
                #expect(try await client.get("/api/v1/users").status == 403)
                #expect(try await client.get(path).status == 404)
                #expect(try await client.patch(path, ["name": "x"]).status == 404)
                #expect(try await client.post("\(path)/disable").status == 404)
                #expect(try await client.post("\(path)/reset-password").status == 404)
                #expect(try await client.get("\(path)/tokens").status == 404)
            }
        }
    }

    @Test func invitation_isAnsweredOnItsPage() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let anybody = try await portal.client()
            let body: JSONValue = [
                "email": "mei@acme.example", "name": "Mei", "tenantId": portal.organization.payments.id.json,
                "role": "member",
            ]
            let key: HTTPHeaders = ["Idempotency-Key": "once"]

            let created = try await client.post("/api/v1/invitations", body, headers: key)
            let replayed = try await client.post("/api/v1/invitations", body, headers: key)
            let link = try #require(created.json["link"]?.string)
            let page = try await anybody.get(link)
            let short = try await anybody.submit(link, form: [(name: "password", value: "short")])
            let chosen = try await anybody.submit(link, form: [(name: "password", value: Self.password)])
            let again = try await anybody.get(link)

            #expect(created.status == 201, "\(created.text)")
            #expect(replayed.json["link"] == .null, "the secret is in the first answer only")
            #expect(page.status == 200 && page.text.contains("mei@acme.example"))
            #expect(short.status == 400)
            #expect(chosen.status == 303 && chosen.headers["Location"] == "/login")
            #expect(again.status == 404)
            let credentials: JSONValue = ["email": "mei@acme.example", "password": .string(Self.password)]
            #expect(try await portal.checked(as: nil).post("/api/v1/auth/login", credentials).status == 200)
            #expect(try await client.get("/api/v1/invitations").json["items"]?[0]?["state"] == "used")
        }
    }

    @Test func invitation_isRevokedAndSentAgain() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let stranger = try await portal.checked(as: .stranger)
            let body: JSONValue = [
                "email": "mei@acme.example", "name": "Mei", "tenantId": portal.organization.payments.id.json,
                "role": "viewer",
            ]
            let created = try await client.post("/api/v1/invitations", body)
            let id = try #require(created.json["id"]?.string)

            #expect(try await stranger.post("/api/v1/invitations", body).status == 404)
            #expect(try await stranger.post("/api/v1/invitations/\(id)/resend").status == 404)
            #expect(try await stranger.delete("/api/v1/invitations/\(id)").status == 404)
            #expect(try await stranger.get("/api/v1/invitations").json["items"] == [])
            let resent = try await client.post("/api/v1/invitations/\(id)/resend")
            let newID = try #require(resent.json["id"]?.string)
            #expect(resent.status == 201 && resent.json["link"] != created.json["link"])
            #expect(try await client.delete("/api/v1/invitations/\(newID)").status == 204)
            let page = try await portal.client().get(try #require(resent.json["link"]?.string))
            #expect(page.status == 404)
        }
    }

    @Test func links_beginWithThePublicAddress() async throws {
        var options = TestPortalOptions()
        options.publicURL = "https://portal.example/"
        try await withPortal(options) { portal in
            let admin = try await portal.checked(as: .admin)
            let user = portal.organization.member.user.id

            let reset = try await admin.post("/api/v1/users/\(user)/reset-password")

            #expect(reset.status == 201)
            #expect(reset.json["link"]?.string?.hasPrefix("https://portal.example/reset-password/") == true)
        }
    }

    @Test func serviceAccounts_workByTheirTokens() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let acme = portal.organization
            let created = try await client.post(
                "/api/v1/service-accounts",
                ["tenantId": acme.engineering.id.json, "name": "deployer"]
            )
            let path = try #require(created.headers["Location"])
            let id = try #require(created.json["id"])
            let bound = try await client.post(
                "/api/v1/tenants/\(acme.payments.id)/members",
                ["userId": id, "role": "member"]
            )
            let token = try await client.post("\(path)/tokens", ["name": "pipeline"])
            let bearer: HTTPHeaders = ["Authorization": "Bearer \(token.json["token"]?.string ?? "")"]
            let anonymous = try await portal.checked(as: nil)
            let listed = try await anonymous.get("/api/v1/tenants", headers: bearer)

            #expect(created.status == 201 && bound.status == 204 && token.status == 201, "\(token.text)")
            #expect(listed.json["items"]?.array?.count == 1)
            #expect(try await client.patch(path, ["name": "ship"]).json["name"] == "ship")
            #expect(try await client.get("\(path)/tokens").json["items"]?.array?.count == 1)
            #expect(try await client.get("/api/v1/service-accounts").json["items"]?.array?.count == 1)
            for persona in [TestPersona.stranger, .nobody] {
                let other = try await portal.checked(as: persona)
                #expect(try await other.get(path).status == 404)
                #expect(try await other.patch(path, ["disabled": true]).status == 404)
                #expect(try await other.delete(path).status == 404)
                #expect(try await other.get("\(path)/tokens").status == 404)
                #expect(try await other.post("\(path)/tokens", ["name": "x"]).status == 404)
            }
            #expect(try await client.delete(path).status == 204)
            #expect(try await anonymous.get("/api/v1/me", headers: bearer).status == 401)
        }
    }
}
