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
}
