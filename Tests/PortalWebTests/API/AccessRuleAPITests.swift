import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Rules over HTTP, every answer held to `openapi.yaml`.
struct AccessRuleAPITests {
    @Test func rules_areMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let manager = try await portal.checked(as: .manager)
            let tenant = JSONValue.string(portal.organization.payments.id.description)
            let made = try await manager.post(
                "/api/v1/access-rules",
                [
                    "tenantId": tenant, "name": "No prod changes on weekends", "effect": "deny",
                    "permissions": ["vclusters.update"], "subject": ["kind": "role", "reference": "member"],
                    "conditions": [
                        "environments": ["prod"], "window": ["days": ["sat", "sun"], "timeZone": "Europe/Berlin"],
                    ],
                ]
            )
            let path = made.headers["Location"] ?? ""
            let listed = try await manager.get("/api/v1/access-rules?tenantId=\(portal.organization.payments.id)")
            let shown = try await manager.get(path)
            let changed = try await manager.patch(path, ["enabled": false], headers: ["If-Match": "\"1\""])
            let stale = try await manager.patch(path, ["enabled": true], headers: ["If-Match": "\"1\""])
            let wrong = try await manager.patch(path, ["effect": "maybe", "permissions": ["hosts.manage"]])
            let removed = try await manager.delete(path)

            #expect(made.status == 201 && made.headers["ETag"] == "\"1\"", "\(made.text)")
            #expect(shown.json == made.json && listed.json["items"]?.array == [made.json])
            #expect(changed.status == 200 && changed.json["enabled"] == false)
            #expect(stale.status == 412)
            #expect(wrong.status == 400 && wrong.errorFields == ["effect", "permissions"], "\(wrong.text)")
            #expect(removed.status == 204)
            #expect(try await manager.get(path).status == 404)
        }
    }

    @Test func refusal_namesTheRule() async throws {
        try await withPortal { portal in
            let manager = try await portal.checked(as: .manager)
            let tenant = JSONValue.string(portal.organization.payments.id.description)
            let rule: JSONValue = [
                "tenantId": tenant, "name": "Closed", "effect": "deny", "permissions": ["vclusters.create"],
            ]
            #expect(try await manager.post("/api/v1/access-rules", rule).status == 201)
            let member = try await portal.checked(as: .member)

            let refused = try await member.post("/api/v1/vclusters", ["tenantId": tenant, "name": "demo"])
            let explained = try await member.post(
                "/api/v1/access-rules:explain",
                ["permission": "vclusters.create", "tenantId": tenant]
            )

            #expect(refused.status == 403)
            #expect(refused.json["code"] == "FORBIDDEN" && refused.json["rule"]?["name"] == "Closed")
            #expect(
                refused.json["detail"]?.string?.hasPrefix("The rule “Closed” of Payments denies vclusters.create now.")
                    == true
            )
            #expect(explained.status == 200 && explained.json["allowed"] == false, "\(explained.text)")
            #expect(explained.json["rules"]?[0]?["verdict"] == "refuses")
            #expect(explained.json["roles"]?[0]?["role"] == "member")
        }
    }

    /// A manager and the rules of Payments that bind its members: one always, one on weekends in production, and one that
    /// is about others.
    private func makeRules(_ portal: TestPortal) async throws -> CheckedClient {
        let manager = try await portal.checked(as: .manager)
        let tenant = JSONValue.string(portal.organization.payments.id.description)
        let members: JSONValue = ["kind": "role", "reference": "member"]
        let rules: [JSONValue] = [
            [
                "tenantId": tenant, "name": "Closed", "effect": "deny", "permissions": ["vclusters.create"],
                "subject": members,
            ],
            [
                "tenantId": tenant, "name": "No prod changes", "effect": "deny", "permissions": ["vclusters.update"],
                "subject": members,
                "conditions": [
                    "environments": ["prod"], "labels": ["frozen": "yes"],
                    "window": ["days": ["sat", "sun"], "timeZone": "Europe/Berlin"],
                ],
            ],
            [
                "tenantId": tenant, "name": "For finance", "effect": "deny", "permissions": ["vclusters.create"],
                "subject": ["kind": "role", "reference": "finance"],
            ],
        ]
        for rule in rules {
            let made = try await manager.post("/api/v1/access-rules", rule)
            #expect(made.status == 201, "\(made.text)")
        }
        return manager
    }

    @Test func access_tellsTheRulesThatBindWhom() async throws {
        try await withPortal { portal in
            let manager = try await makeRules(portal)
            let path = "/api/v1/tenants/\(portal.organization.payments.id)/access?permission="

            let create = try await manager.get(path + "vclusters.create")
            let read = try await manager.get(path + "vclusters.read")

            func rules(of email: String, _ answer: TestResponse) -> [JSONValue] {
                let grants = answer.json["items"]?.array ?? []
                return grants.first { $0["subject"]?["email"]?.string == email }?["rules"]?.array ?? []
            }
            let bound = rules(of: "member@acme.example", create)
            #expect(bound.compactMap { $0["name"]?.string } == ["Closed"])
            #expect(bound.first?["verdict"] == "refuses" && bound.first?["endsAt"]?.isNull == true)
            #expect(bound.first?["permissions"] == ["vclusters.create"] && bound.first?["conditions"] == "")
            #expect(rules(of: "manager@acme.example", create).isEmpty, "the rule is about members")
            #expect(rules(of: "member@acme.example", read).isEmpty, "rules say nothing about reading")
        }
    }

    @Test func ownPermissions_tellTheRulesThatMayRefuse() async throws {
        try await withPortal { portal in
            _ = try await makeRules(portal)
            let path = "/api/v1/me/permissions?tenantId=\(portal.organization.payments.id)"

            let member = try await portal.checked(as: .member).get(path)
            let viewer = try await portal.checked(as: .viewer).get(path)
            let organization = try await portal.checked(as: .member).get("/api/v1/me/permissions")

            let rules = member.json["rules"]?.array ?? []
            #expect(rules.compactMap { $0["name"]?.string } == ["Closed", "No prod changes"], "\(member.text)")
            #expect(rules.first?["verdict"] == "refuses")
            #expect(
                rules.last?["conditions"]
                    == "environment prod; labels frozen=yes; sat, sun 00:00 to 24:00 (Europe/Berlin)"
            )
            #expect(member.json["rulesOmitted"] == 0)
            #expect(viewer.json["rules"] == [], "who may not do it is bound by nothing")
            #expect(organization.json["rules"] == [])
        }
    }

    @Test func simulation_tellsTheRulesThatAMoveBeginsAndEnds() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let admin = try await portal.checked(as: .admin)
            func rule(_ name: String, at tenant: Tenant, _ more: JSONObject = [:]) async throws {
                var rule = more
                rule["tenantId"] = tenant.id.json
                rule["name"] = .string(name)
                rule["effect"] = "deny"
                rule["permissions"] = ["vclusters.delete"]
                #expect(try await admin.post("/api/v1/access-rules", .object(rule)).status == 201)
            }
            try await rule("Everywhere", at: acme.root)
            try await rule("Of Engineering", at: acme.engineering)
            try await rule("Of Data", at: acme.data)
            try await rule("Off", at: acme.data, ["enabled": false])
            try await rule("Own", at: acme.payments)
            let path = "/api/v1/tenants/\(acme.payments.id)/quota:simulate"

            let move = try await admin.post(path, ["parentId": acme.data.id.json])
            let stay = try await admin.post(path, ["limits": ["cpu": "20"]])
            let page = try await Browser(portal, as: .admin)
                .open("/tenants/\(acme.payments.id)/move?parent=\(acme.data.id)")

            func names(_ member: String) -> [String] {
                move.json["rules"]?[member]?.array?.compactMap { $0["name"]?.string } ?? []
            }
            #expect(move.status == 200, "\(move.text)")
            #expect(names("begin") == ["Of Data"] && names("end") == ["Of Engineering"])
            #expect(move.json["rules"]?["omitted"] == 0)
            #expect(stay.status == 200 && stay.json["rules"]?.isNull == true)
            #expect(page.html.contains("Access rules that begin") && page.html.contains("Of Data"))
            #expect(page.html.contains("Of Engineering") && !page.html.contains("Everywhere"))
        }
    }
}
