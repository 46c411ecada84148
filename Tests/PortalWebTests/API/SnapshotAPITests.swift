import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct SnapshotAPITests {
    private struct Scene {
        let portal: TestPortal
        let member: CheckedClient
        let id: String
        var path: String { "/api/v1/vclusters/\(id)" }

        func take(_ body: JSONValue) async throws -> TestResponse { try await member.post("\(path)/snapshots", body) }
    }

    private func withScene(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await withPortal(.working) { portal in
            let member = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: member)["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: id, by: member)
            try await body(Scene(portal: portal, member: member, id: id))
        }
    }

    @Test func snapshots_areTakenRestoredAndDeleted() async throws {
        try await withScene { scene in
            let taken = try await scene.take(["name": "first", "description": "Before the upgrade"])
            #expect(taken.status == 202)
            #expect(taken.headers["Location"] == "/api/v1/operations/\(taken.json["operation"]?["id"]?.string ?? "")")
            #expect(taken.json["vcluster"]?["phase"] == "SNAPSHOTTING")
            #expect(taken.json["snapshot"]?["state"] == "pending")
            #expect(taken.json["snapshot"]?["size"]?.isNull == true)
            #expect(taken.json["snapshot"]?["reserved"] == "1Gi")
            let id = try #require(taken.json["snapshot"]?["id"]?.string)
            try await scene.portal.waitForPhase("RUNNING", of: scene.id, by: scene.member)

            let snapshot = try await scene.member.get("/api/v1/snapshots/\(id)")
            #expect(snapshot.json["state"] == "ready" && snapshot.json["size"] == "5Mi")
            #expect(snapshot.json["storage"] == "ownVolume")
            let list = try await scene.member.get("\(scene.path)/snapshots?pageSize=1")
            #expect(list.json["items"]?[0]?["id"]?.string == id)

            let restored = try await scene.member.post("\(scene.path)/restore", ["snapshotId": .string(id)])
            #expect(restored.status == 202 && restored.json["operation"]?["verb"] == "restore")
            #expect(restored.json["vcluster"]?["phase"] == "RESTORING")
            try await scene.portal.waitForPhase("RUNNING", of: scene.id, by: scene.member)

            let deleted = try await scene.member.delete("/api/v1/snapshots/\(id)")
            #expect(deleted.status == 202 && deleted.json["operation"]?["verb"] == "deleteSnapshot")
            try await scene.portal.waitForPhase("RUNNING", of: scene.id, by: scene.member)
            #expect(try await scene.member.get("/api/v1/snapshots/\(id)").status == 404)
        }
    }

    @Test func refusals_sayWhatIsWrong() async throws {
        try await withScene { scene in
            let named = try await scene.take(["name": "Not a label"])
            #expect(named.status == 400 && named.json["errors"]?[0]?["field"] == "name")
            let unknown = try await scene.take(["colour": "red"])
            #expect(unknown.status == 400 && unknown.json["errors"]?[0]?["code"] == "UNKNOWN_FIELD")
            let foreign = try await scene.member.post("\(scene.path)/restore", ["snapshotId": .string(scene.id)])
            #expect(foreign.status == 400 && foreign.json["errors"]?[0]?["field"] == "snapshotId")
            let stale = try await scene.member.post(
                "\(scene.path)/snapshots",
                ["name": "first"],
                headers: ["If-Match": "\"999\""]
            )
            #expect(stale.status == 412)

            #expect(try await scene.take(["name": "first"]).status == 202)
            try await scene.portal.waitForPhase("RUNNING", of: scene.id, by: scene.member)
            #expect(try await scene.take(["name": "first"]).json["code"] == "ALREADY_EXISTS")
            let admin = try await scene.portal.checked(as: .admin)
            let tenant = scene.portal.organization.payments.id
            let limits: JSONValue = ["limits": ["snapshotStorage": "1Gi"]]
            #expect(try await admin.put("/api/v1/tenants/\(tenant)/quota", limits).status == 200)
            let refused = try await scene.take(["name": "second"])
            #expect(refused.status == 422 && refused.json["code"] == "QUOTA_EXCEEDED")
            #expect(refused.json["dimension"] == "snapshotStorage" && refused.json["missing"] == "5Mi")
            #expect(refused.json["level"]?["tenantId"]?.string == tenant.description)
        }
    }

    @Test func restore_isRefusedInOtherPhases() async throws {
        try await withPortal { portal in
            let member = try await portal.checked(as: .member)
            let id = try await portal.createVCluster(by: member)["vcluster"]?["id"]?.string ?? ""

            let take = try await member.post("/api/v1/vclusters/\(id)/snapshots", ["name": "first"])
            let restore = try await member.post("/api/v1/vclusters/\(id)/restore", ["snapshotId": .string(id)])

            for response in [take, restore] {
                #expect(response.status == 409 && response.json["code"] == "INVALID_PHASE")
                #expect(response.json["allowedActions"] == ["delete"])
            }
        }
    }

    @Test func hosts_neverTellTheCredentialsOfTheirStorage() async throws {
        try await withPortal { portal in
            let admin = try await portal.checked(as: .admin)
            let url = "s3://backups/vclusters?access-key-id=a2V5&secret-access-key=c2VjcmV0LXdvcmQ="
            let host: JSONValue = ["name": "archived", "driver": "simulated", "snapshotStorage": .string(url)]

            let created = try await admin.post("/api/v1/hosts", host)
            let path = "/api/v1/hosts/\(created.json["id"]?.string ?? "")"
            let seen = try await portal.checked(as: .member).get(path)
            let wrong = try await admin.patch(path, ["snapshotStorage": "ftp://backups"])
            let cleared = try await admin.patch(path, ["snapshotStorage": ""])

            #expect(created.status == 201 && created.json["snapshotStorage"] == "s3://backups/vclusters")
            #expect(!created.text.contains("c2VjcmV0"))
            #expect(seen.status == 200 && seen.json["snapshotStorage"] == nil)
            #expect(wrong.status == 400 && wrong.json["errors"]?[0]?["field"] == "snapshotStorage")
            #expect(cleared.status == 200 && cleared.json["snapshotStorage"]?.isNull == true)
        }
    }
}
