import FoundationEssentials
import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

/// Loans, drift and the room of hosts by REST, each answer held to openapi.yaml.
struct QuotaLoanAPITests {
    private static let until = RFC3339.format(Date().addingTimeInterval(86_400))

    @Test func loan_livesFromPostToDelete() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let client = try await portal.checked(as: .admin)
            for tenant in [acme.payments, acme.platform] {
                let set = try await client.put("/api/v1/tenants/\(tenant.id)/quota", ["limits": ["cpu": "4"]])
                #expect(set.status == 200, "\(set.text)")
            }
            let path = "/api/v1/tenants/\(acme.payments.id)/quota/loans"
            let wish: JSONValue = [
                "toTenantId": acme.platform.id.json, "amounts": ["cpu": "1500m"], "until": .string(Self.until),
                "reason": "load test",
            ]

            let lent = try await client.post(path, wish)
            let id = lent.json["id"]?.string ?? ""
            let list = try await client.get(path)
            let quota = try await client.get("/api/v1/tenants/\(acme.platform.id)/quota")
            let returned = try await client.delete("/api/v1/quota-loans/\(id)")
            let shown = try await client.get("/api/v1/quota-loans/\(id)")

            #expect(lent.status == 201 && lent.headers["Location"] == "/api/v1/quota-loans/\(id)", "\(lent.text)")
            #expect(list.json["items"]?[0]?["amounts"]?["cpu"] == "1500m")
            let cpu = quota.json["dimensions"]?.array?.first { $0["dimension"] == "cpu" }
            #expect(cpu?["limit"] == "5500m" && cpu?["borrowed"] == "1500m")
            #expect(quota.json["limits"]?["cpu"] == "4", "what a PUT would take is as it was set")
            #expect(returned.status == 200 && returned.json["state"] == "returned")
            #expect(shown.json == returned.json)
            let stranger = try await portal.checked(as: .stranger)
            #expect(try await stranger.get("/api/v1/quota-loans/\(id)").status == 404)
            #expect(try await stranger.get(path).status == 404)
        }
    }

    @Test func loan_namesEveryWrongField() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let path = "/api/v1/tenants/\(portal.organization.payments.id)/quota/loans"

            let empty = try await client.post(path, [:])
            let wrong = try await client.post(
                path,
                [
                    "toTenantId": portal.organization.platform.id.json, "amounts": ["cores": 1, "cpu": "0"],
                    "until": .string(Self.until), "reason": "x",
                ]
            )

            #expect(empty.status == 400 && Set(empty.errorFields) == ["toTenantId", "until", "reason"])
            #expect(wrong.status == 400 && Set(wrong.errorFields) == ["amounts.cores", "amounts.cpu"])
        }
    }

    @Test func hosts_tellTheirRoomToAdmins() async throws {
        try await withPortal { portal in
            let admin = try await portal.checked(as: .admin)
            let unknown = try await admin.get("/api/v1/hosts/\(portal.host.id)")
            _ = try await portal.services.keepers.hosts.runOnce()

            let known = try await admin.get("/api/v1/hosts/\(portal.host.id)")
            let list = try await admin.get("/api/v1/hosts")
            let drift = try await admin.get("/api/v1/quota-drift")

            #expect(unknown.json["room"]?["cpu"]?["state"] == "unknown")
            let cpu = known.json["room"]?["cpu"]
            #expect(cpu?["state"] == "roomy" && cpu?["bound"] == "121600m")
            #expect(list.json["items"]?[0]?["room"] == known.json["room"])
            #expect(drift.status == 200 && drift.json["counters"] == [])
            let member = try await portal.checked(as: .member).get("/api/v1/hosts/\(portal.host.id)")
            #expect(member.status == 200 && member.json["room"] == nil)
        }
    }
}
