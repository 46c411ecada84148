import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct CatalogueAPITests {
    @Test func hosts_areAddedChangedCheckedAndRemoved() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)

            let created = try await client.post(
                "/api/v1/hosts",
                ["name": "spare", "driver": "simulated", "settings": ["nodes": 5], "acceptsNew": false]
            )
            let path = try #require(created.headers["Location"])
            let etag = created.headers["ETag"] ?? ""
            let changed = try await client.patch(path, ["settings": ["nodes": 7]], headers: ["If-Match": etag])
            let stale = try await client.patch(path, ["acceptsNew": true], headers: ["If-Match": etag])
            let checked = try await client.post("\(path)/check")

            #expect(created.status == 201)
            #expect(created.json["simulated"] == true)
            #expect(changed.json["settings"]?["nodes"] == 7)
            #expect(stale.status == 412)
            #expect(checked.status == 200 && checked.json["state"] == "ready", "\(checked.text)")
            #expect(try await client.delete(path).status == 204)
            #expect(try await client.get(path).status == 404)
        }
    }

    @Test func hosts_neverReturnTheirKubeconfig() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let secret = """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u}}]
                clusters: [{name: k, cluster: {server: "https://host.example"}}]
                users: [{name: u, user: {token: very-secret}}]
                """

            let created = try await client.post(
                "/api/v1/hosts",
                ["name": "real", "driver": "helm", "kubeconfig": .string(secret)]
            )

            #expect(created.status == 201, "\(created.text)")
            #expect(created.json["hasCredentials"] == true)
            #expect(!created.text.contains("very-secret"))
            #expect(try await !client.get("/api/v1/hosts").text.contains("very-secret"))
            #expect(try await !client.get("/api/v1/audit").text.contains("very-secret"))
        }
    }

    @Test func hosts_reportEveryWrongField() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)

            let shape = try await client.post("/api/v1/hosts", ["name": 1, "driver": "vm", "extra": true])
            let rules = try await client.post(
                "/api/v1/hosts",
                ["name": "Big Host", "driver": "simulated", "settings": ["nodes": 0, "speed": 9]]
            )

            #expect(shape.status == 400 && Set(shape.errorFields) == ["name", "driver", "extra"])
            #expect(
                Set(rules.errorFields) == ["name", "settings.nodes", "settings.speed"],
                "\(rules.text)"
            )
        }
    }

    @Test func hosts_showLessToThoseWhoDoNotManageThem() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let host = try await client.get("/api/v1/hosts/\(portal.host.id)")

            #expect(host.status == 200)
            #expect(host.json["settings"] == nil && host.json["hasCredentials"] == nil)
            #expect(try await client.post("/api/v1/hosts", ["name": "x", "driver": "simulated"]).status == 403)
            #expect(try await client.get("/api/v1/hosts/\(portal.host.id)/releases").status == 403)
            #expect(try await client.delete("/api/v1/hosts/\(portal.host.id)").status == 403)
            #expect(try await client.get("/api/v1/hosts/\(HostID())").status == 404)
        }
    }

    @Test func hosts_inUseCannotBeRemoved() async throws {
        try await withPortal { portal in
            let member = try await portal.checked(as: .member)
            _ = try await portal.createVCluster(by: member)

            let response = try await portal.checked(as: .admin).delete("/api/v1/hosts/\(portal.host.id)")

            #expect(response.status == 409)
        }
    }

    @Test func releases_areListedAndAdopted() async throws {
        try await withPortal(.working) { portal in
            portal.hosts.discover([
                DiscoveredRelease(release: "old", namespace: "team-x", chartVersion: "0.30.0"),
                DiscoveredRelease(release: "taken", namespace: "team-y", managedBy: "someone"),
            ])
            let client = try await portal.checked(as: .admin)
            let path = "/api/v1/hosts/\(portal.host.id)"
            let tenant = JSONValue.string(portal.organization.payments.id.description)

            let list = try await client.get("\(path)/releases").json
            let taken = try await client.post(
                "\(path)/adopt",
                ["tenantId": tenant, "namespace": "team-y", "release": "taken"]
            )
            let missing = try await client.post("\(path)/adopt", ["tenantId": tenant])
            let adopted = try await client.post(
                "\(path)/adopt",
                ["tenantId": tenant, "namespace": "team-x", "release": "old", "name": "legacy"]
            )

            #expect(list["items"]?.array?.compactMap { $0["release"]?.string } == ["old", "taken"])
            #expect(taken.status == 409)
            #expect(missing.status == 400 && missing.errorFields == ["namespace", "release"])
            #expect(adopted.status == 202, "\(adopted.text)")
            let id = adopted.json["vcluster"]?["id"]?.string ?? ""
            try await portal.waitForPhase("RUNNING", of: id, by: client)
        }
    }

    @Test func templates_areMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)

            let created = try await client.post(
                "/api/v1/templates",
                ["name": "large", "spec": ["resources": ["limits": ["cpu": "4"]]], "environment": "prod"]
            )
            let path = try #require(created.headers["Location"])
            let changed = try await client.patch(
                path,
                ["description": "More room.", "environment": nil],
                headers: ["If-Match": created.headers["ETag"] ?? ""]
            )
            let stale = try await client.patch(
                path,
                ["description": "Late."],
                headers: ["If-Match": created.headers["ETag"] ?? ""]
            )

            #expect(created.status == 201, "\(created.text)")
            #expect(changed.json["description"] == "More room.")
            #expect(changed.json["environment"] == .null)
            #expect(stale.status == 412)
            #expect(try await client.delete(path, headers: ["If-Match": "\"77\""]).status == 412)
            #expect(try await client.delete(path).status == 204)
            #expect(try await client.get(path).status == 404)
            let wrong = try await client.post("/api/v1/templates", ["name": "bad", "spec": ["replicas": "many"]])
            #expect(wrong.status == 400 && wrong.errorFields == ["spec.replicas"], "\(wrong.text)")
            let forbidden = try await portal.checked(as: .member)
                .post("/api/v1/templates", ["name": "mine", "spec": [:]])
            #expect(forbidden.status == 403)
        }
    }

    @Test func audit_tellsWhoDidWhat() async throws {
        try await withPortal { portal in
            let member = try await portal.checked(as: .member)
            let id = try await portal.createVCluster(by: member)["vcluster"]?["id"]?.string ?? ""
            let auditor = try await portal.checked(as: .auditor)

            let one = try await auditor.get("/api/v1/audit?objectId=\(id)").json
            let page = try await auditor.get("/api/v1/audit?pageSize=2").json
            let next = try await auditor.get(
                "/api/v1/audit?pageSize=2&pageToken=\(page["nextPageToken"]?.string ?? "")"
            ).json

            #expect(one["items"]?[0]?["actor"]?["name"] == "member@acme.example")
            #expect(one["items"]?[0]?["requestId"]?.string?.isEmpty == false)
            #expect(next["items"]?.array?.count == 2)
            #expect(try await member.get("/api/v1/audit").status == 403)
            let wrong = try await auditor.get("/api/v1/audit?since=today&userId=7&foo=1")
            #expect(wrong.status == 400 && Set(wrong.errorFields) == ["since", "userId", "foo"])
        }
    }
}
