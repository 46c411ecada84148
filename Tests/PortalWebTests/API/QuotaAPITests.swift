import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct QuotaAPITests {
    @Test func quota_tellsLimitsUseAndTheLevelThatBounds() async throws {
        try await withPortal { portal in
            let admin = try await portal.client(as: .admin)
            let acme = portal.organization
            let set = try await admin.put(
                "/api/v1/tenants/\(acme.engineering.id)/quota",
                ["limits": ["cpu": "3", "vclusters": 5], "overcommit": ["cpu": 1.5]]
            )
            #expect(set.status == 200)
            let created = try await portal.client(as: .member).post(
                "/api/v1/vclusters",
                [
                    "tenantId": acme.payments.id.json, "name": "web",
                    "spec": ["quota": ["cpu": "2"]],
                ]
            )
            #expect(created.status == 202)

            let quota = try await portal.client(as: .member).get("/api/v1/tenants/\(acme.payments.id)/quota")

            #expect(quota.status == 200)
            #expect(quota.headers["ETag"] == "\"0\"")
            let cpu = quota.json.row("cpu")
            #expect(cpu?["limit"] == .null)
            #expect(cpu?["own"] == "2200m")
            #expect(cpu?["used"] == "2200m")
            #expect(cpu?["headroom"] == "2300m")
            #expect(cpu?["boundedBy"]?["tenantName"] == "Engineering")
            #expect(cpu?["boundedBy"]?["limit"] == "4500m")
            #expect(quota.json.row("memory")?["headroom"] == .null)
            // A member of Payments does not see Engineering: only what bounds them is told of it.
            let levels = quota.json["levels"]?.array ?? []
            #expect(levels.compactMap { $0["tenantName"]?.string } == ["Engineering", "Payments"])
            #expect(levels.first?["dimensions"]?.array?.compactMap { $0["dimension"]?.string } == ["vclusters", "cpu"])
        }
    }

    @Test func limits_areSetFromAbove() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let manager = try await portal.client(as: .manager)

            let own = try await manager.put("/api/v1/tenants/\(acme.engineering.id)/quota", ["limits": ["cpu": "99"]])
            let below = try await manager.put("/api/v1/tenants/\(acme.payments.id)/quota", ["limits": ["cpu": "9"]])
            let root = try await manager.put("/api/v1/tenants/\(acme.root.id)/quota", ["limits": ["cpu": "9"]])
            let member = try await portal.client(as: .member).put(
                "/api/v1/tenants/\(acme.payments.id)/quota",
                ["limits": ["cpu": "99"]]
            )
            let stranger = try await portal.client(as: .stranger).put(
                "/api/v1/tenants/\(acme.payments.id)/quota",
                ["limits": ["cpu": "99"]]
            )

            #expect(own.status == 403)
            #expect(own.json["missingPermission"] == "quotas.manage")
            #expect(below.status == 200)
            #expect(root.status == 404)
            #expect(member.status == 403)
            #expect(stranger.status == 404)
        }
    }

    @Test func limits_changeByMentionAndVersion() async throws {
        try await withPortal { portal in
            let admin = try await portal.client(as: .admin)
            let path = "/api/v1/tenants/\(portal.organization.data.id)/quota"
            let first = try await admin.put(
                path,
                ["limits": ["cpu": "500m", "nvidia.com/mig-1g.5gb": 4], "userCaps": ["vclusters": 2], "strict": true]
            )
            #expect(first.headers["ETag"] == "\"1\"")

            let stale = try await admin.put(path, ["limits": ["cpu": "1"]], headers: ["If-Match": "\"0\""])
            let second = try await admin.put(path, ["limits": ["cpu": .null]], headers: ["If-Match": "\"1\""])

            #expect(stale.status == 412)
            #expect(second.status == 200)
            #expect(second.json["limits"] == ["nvidia.com/mig-1g.5gb": 4])
            #expect(second.json["userCaps"] == ["vclusters": 2])
            #expect(second.json["strict"] == true)
            #expect(second.json.row("nvidia.com/mig-1g.5gb")?["headroom"] == 4)
        }
    }

    @Test func limits_nameEveryWrongField() async throws {
        try await withPortal { portal in
            let admin = try await portal.client(as: .admin)

            let answer = try await admin.put(
                "/api/v1/tenants/\(portal.organization.data.id)/quota",
                [
                    "limits": ["cpu": "-1", "disk": 3, "memory": "lots"], "overcommit": ["cpu": 0.5, "memory": 1.0001],
                    "strict": "yes", "more": 1,
                ]
            )

            #expect(answer.status == 400)
            let fields = Set(answer.json["errors"]?.array?.compactMap { $0["field"]?.string } ?? [])
            #expect(
                fields == [
                    "limits.cpu", "limits.disk", "limits.memory", "overcommit.cpu", "overcommit.memory", "strict",
                    "more",
                ]
            )
        }
    }

    @Test func refusal_saysWhereHowMuchAndWhomToAsk() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let admin = try await portal.client(as: .admin)
            _ = try await admin.put("/api/v1/tenants/\(acme.engineering.id)/quota", ["limits": ["vclusters": 0]])

            let body: JSONValue = ["tenantId": acme.payments.id.json, "name": "web"]
            let member = try await portal.client(as: .member).post("/api/v1/vclusters", body)
            let asAdmin = try await admin.post("/api/v1/vclusters", body)

            #expect(member.status == 422)
            #expect(member.json["code"] == "QUOTA_EXCEEDED")
            #expect(member.json["level"]?["tenantName"] == "Engineering")
            #expect(member.json["dimension"] == "vclusters")
            #expect(member.json["limit"] == 0)
            #expect(member.json["missing"] == 1)
            #expect(member.json["contacts"] == [])
            #expect(member.json["request"]?["path"] == .string("/api/v1/tenants/\(acme.engineering.id)/quota"))
            #expect(member.json["request"]?["body"] == ["limits": ["vclusters": 1]])
            #expect(asAdmin.json["contacts"] == ["admin"])
        }
    }

    @Test func simulate_listsWhatWouldBreakAndChangesNothing() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let admin = try await portal.client(as: .admin)
            let engineering = "/api/v1/tenants/\(acme.engineering.id)/quota"
            _ = try await admin.put(engineering, ["limits": ["cpu": "10", "vclusters": 10], "strict": true])
            _ = try await admin.put("/api/v1/tenants/\(acme.platform.id)/quota", ["limits": ["cpu": "8"]])
            _ = try await admin.post(
                "/api/v1/vclusters",
                ["tenantId": acme.payments.id.json, "name": "web", "spec": ["quota": ["cpu": "1"]]]
            )

            let slices = try await admin.post(
                "/api/v1/tenants/\(acme.payments.id)/quota:simulate",
                ["limits": ["cpu": "3", "vclusters": 0]]
            )
            let refused = try await admin.put("/api/v1/tenants/\(acme.payments.id)/quota", ["limits": ["cpu": "3"]])
            let moved = try await admin.post(
                "/api/v1/tenants/\(acme.platform.id)/quota:simulate",
                ["parentId": acme.data.id.json]
            )

            #expect(slices.status == 200)
            #expect(slices.json["allowed"] == false)
            let reasons = slices.json["violations"]?.array?.map { [$0["reason"], $0["blocking"], $0["dimension"]] }
            #expect(reasons == [["slices", true, "cpu"], ["limit", false, "vclusters"]])
            #expect(refused.status == 422)
            #expect(refused.json["reason"] == "slices")
            let rules: JSONValue = ["begin": [], "end": [], "omitted": 0]
            #expect(moved.json == ["allowed": true, "violations": [], "rules": rules])
            #expect(try await admin.get("/api/v1/tenants/\(acme.payments.id)/quota").json["limits"] == [:])
        }
    }

    @Test func simulate_refusesAPlaceInsideOfItself() async throws {
        try await withPortal { portal in
            let answer = try await portal.client(as: .admin).post(
                "/api/v1/tenants/\(portal.organization.engineering.id)/quota:simulate",
                ["parentId": portal.organization.payments.id.json]
            )

            #expect(answer.status == 400)
            #expect(answer.json["errors"]?.array?.first?["field"] == "parentId")
        }
    }
}

extension JSONValue {
    /// The row of a dimension in a quota.
    fileprivate func row(_ dimension: String) -> JSONValue? {
        self["dimensions"]?.array?.first { $0["dimension"]?.string == dimension }
    }
}
