import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Policies and requests over HTTP, every answer held to `openapi.yaml`.
struct RequestAPITests {
    private func policy(_ portal: TestPortal, _ more: JSONObject = [:]) async throws -> TestResponse {
        var body: JSONObject = [
            "tenantId": .string(portal.organization.payments.id.description), "name": "Ask first",
            "verbs": ["create", "scale"], "steps": [["role": "manager"]], "holdHours": 4,
        ]
        for (key, value) in more { body[key] = value }
        return try await portal.checked(as: .manager).post("/api/v1/approval-policies", .object(body))
    }

    private func wish(_ portal: TestPortal, _ name: String = "demo") -> JSONValue {
        ["tenantId": .string(portal.organization.payments.id.description), "name": .string(name)]
    }

    @Test func policies_areMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let manager = try await portal.checked(as: .manager)
            let conditions: JSONValue = ["environments": ["prod"], "above": ["cpu": "16", "vclusters": 0]]
            let made = try await policy(portal, ["conditions": conditions])
            let path = made.headers["Location"] ?? ""
            let listed = try await manager.get("/api/v1/approval-policies?tenantId=\(portal.organization.payments.id)")
            let shown = try await manager.get(path)
            let changed = try await manager.patch(
                path,
                ["enabled": false, "holdHours": nil],
                headers: ["If-Match": "\"1\""]
            )
            let stale = try await manager.patch(path, ["enabled": true], headers: ["If-Match": "\"1\""])
            let wrong = try await manager.patch(path, ["verbs": ["adopt"], "steps": [["role": "viewer"]]])
            let again = try await policy(portal)
            let removed = try await manager.delete(path)

            #expect(made.status == 201 && made.headers["ETag"] == "\"1\"", "\(made.text)")
            #expect(made.json["conditions"]?["above"] == ["vclusters": 0, "cpu": "16"], "\(made.text)")
            #expect(shown.json == made.json && listed.json["items"]?.array == [made.json])
            #expect(changed.status == 200 && changed.json["enabled"] == false && changed.json["holdHours"] == .null)
            #expect(stale.status == 412)
            #expect(wrong.status == 400 && wrong.errorFields == ["verbs"], "\(wrong.text)")
            #expect(again.status == 409)
            #expect(removed.status == 204)
            #expect(try await manager.get(path).status == 404)
        }
    }

    @Test func change_isAnsweredWithTheRequest_andRunsWhenItIsApproved() async throws {
        try await withPortal { portal in
            #expect(try await policy(portal).status == 201)
            let (member, manager) = (try await portal.checked(as: .member), try await portal.checked(as: .manager))

            let headers: HTTPHeaders = ["Idempotency-Key": "one"]
            let filed = try await member.post("/api/v1/vclusters", wish(portal), headers: headers)
            let repeated = try await member.post("/api/v1/vclusters", wish(portal), headers: headers)
            let path = try #require(filed.headers["Location"])
            let mine = try await member.get("/api/v1/requests?view=mine&state=pending&state=failed")
            let toDecide = try await manager.get("/api/v1/requests?view=toDecide")
            let said = try await member.post("\(path)/comments", ["comment": "For the fair."])
            let own = try await member.post("\(path)/approve")
            let shown = try await manager.get(path)
            let approved = try await manager.post("\(path)/approve", ["comment": "Fine."])
            let late = try await manager.post("\(path)/reject")

            #expect(filed.status == 202 && filed.json["request"]?["state"] == "pending", "\(filed.text)")
            #expect(path == "/api/v1/requests/\(filed.json["request"]?["id"]?.string ?? "")")
            #expect(repeated.json == filed.json && repeated.headers["Idempotency-Replayed"] == "true")
            #expect(mine.json["items"]?.array?.count == 1 && toDecide.json["items"]?.array?.count == 1)
            #expect(said.status == 200 && said.json["entries"]?[0]?["comment"] == "For the fair.")
            #expect(own.status == 403)
            #expect(shown.json["held"] == true && shown.json["asked"] == ["manager"], "\(shown.text)")
            #expect(shown.json["allowedActions"] == ["approve", "reject", "comment"])
            #expect(shown.json["quota"]?[0]?["tenantName"] == "Engineering")
            #expect(approved.status == 200 && approved.json["state"] == "executed", "\(approved.text)")
            #expect(late.status == 409)
            let operation = try #require(approved.json["operationId"]?.string)
            #expect(try await member.get("/api/v1/operations/\(operation)").status == 200)
        }
    }

    @Test func requests_ofOthersDoNotExist() async throws {
        try await withPortal { portal in
            #expect(try await policy(portal).status == 201)
            let filed = try await portal.checked(as: .member).post("/api/v1/vclusters", wish(portal))
            let path = try #require(filed.headers["Location"])
            let stranger = try await portal.checked(as: .stranger)

            for action in ["approve", "reject", "cancel"] {
                #expect(try await stranger.post("\(path)/\(action)").status == 404)
            }
            #expect(try await stranger.post("\(path)/comments", ["comment": "Hm."]).status == 404)
            #expect(try await stranger.get(path).status == 404)
            #expect(try await stranger.get("/api/v1/requests").json["items"]?.array == [])
            let theirs = try await stranger.get("/api/v1/requests?tenantId=\(portal.organization.payments.id)")
            #expect(theirs.status == 404)
        }
    }
}
