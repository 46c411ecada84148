import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct VClusterAPITests {
    @Test func create_answersWithVClusterAndOperation() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let response = try await client.post(
                "/api/v1/vclusters",
                [
                    "tenantId": .string(portal.organization.payments.id.description), "name": "checkout-dev",
                    "templateId": .string(portal.template.id.description), "labels": ["team": "payments"],
                    "spec": ["resources": ["limits": ["cpu": "1", "memory": "1Gi"]]],
                    "expiresAt": "2099-01-01T00:00:00Z", "environment": "test", "qosClass": "batch",
                ]
            )

            #expect(response.status == 202, "\(response.text)")
            let operation = try #require(response.json["operation"]?["id"]?.string)
            #expect(response.headers["Location"] == "/api/v1/operations/\(operation)")
            #expect(response.json["vcluster"]?["phase"] == "PENDING")
            #expect(response.json["vcluster"]?["spec"]?["resources"]?["limits"]?["memory"] == "1Gi")
            #expect(response.json["vcluster"]?["environment"] == "test")
        }
    }

    @Test func clone_answersWithTheCopyAndItsOperation() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let id = try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string ?? ""
            let path = "/api/v1/vclusters/\(id)/clone"

            let copy = try await client.post(path, ["name": "copy", "labels": ["team": "b"], "qosClass": "batch"])
            let nameless = try await client.post(path, ["spec": [:]])
            let wrong = try await client.post(path, ["name": "copy-2", "spec": ["replicas": "many"]])

            #expect(copy.status == 202, "\(copy.text)")
            #expect(copy.json["vcluster"]?["name"] == "copy")
            #expect(copy.json["vcluster"]?["qosClass"] == "batch")
            #expect(copy.json["vcluster"]?["labels"] == ["team": "b"])
            #expect(nameless.errorFields == ["name"])
            #expect(wrong.errorFields == ["spec.replicas"])
        }
    }

    @Test func create_reportsEveryWrongFieldAtOnce() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let tenant = JSONValue.string(portal.organization.payments.id.description)

            let shape = try await client.post(
                "/api/v1/vclusters",
                ["tenantId": 7, "spec": "large", "labels": ["a": 1], "colour": "red"]
            )
            let rules = try await client.post(
                "/api/v1/vclusters",
                [
                    "tenantId": tenant, "name": "No Good",
                    "spec": [
                        "replicas": 3, "distro": "k3s", "resources": ["limits": ["cpu": "a lot"]],
                        "kubernetesVersion": "latest", "cpu": 1,
                    ],
                ]
            )

            #expect(shape.status == 400)
            #expect(Set(shape.errorFields) == ["tenantId", "name", "spec", "labels.a", "colour"])
            #expect(rules.status == 400)
            #expect(
                Set(rules.errorFields).isSuperset(of: [
                    "name", "spec.distro", "spec.resources.limits.cpu", "spec.kubernetesVersion", "spec.cpu",
                ]),
                "\(rules.text)"
            )
        }
    }

    @Test func create_needsTheTenant() async throws {
        try await withPortal { portal in
            let foreign = JSONValue.string(portal.organization.data.id.description)
            let own = JSONValue.string(portal.organization.payments.id.description)

            let unseen = try await portal.checked(as: .member)
                .post("/api/v1/vclusters", ["tenantId": foreign, "name": "demo"])
            let forbidden = try await portal.checked(as: .viewer)
                .post("/api/v1/vclusters", ["tenantId": own, "name": "demo"])

            #expect(unseen.status == 404)
            #expect(forbidden.status == 403)
            #expect(forbidden.json["missingPermission"] == "vclusters.create")
        }
    }

    @Test func create_refusesANameThatIsTaken() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            _ = try await portal.createVCluster(by: client)
            let tenant = JSONValue.string(portal.organization.payments.id.description)

            let response = try await client.post("/api/v1/vclusters", ["tenantId": tenant, "name": "demo"])

            #expect(response.status == 409 && response.json["code"] == "ALREADY_EXISTS")
        }
    }

    @Test func list_filtersAndPages() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            for index in 0..<5 { _ = try await portal.createVCluster("demo-\(index)", by: client) }

            let first = try await client.get("/api/v1/vclusters?pageSize=2").json
            let token = try #require(first["nextPageToken"]?.string)
            let second = try await client.get("/api/v1/vclusters?pageSize=3&pageToken=\(token)").json
            let filtered = try await client.get(
                "/api/v1/vclusters?q=demo-3&environment=dev&phase=PENDING,RUNNING&host=\(portal.host.id)"
                    + "&tenantId=\(portal.organization.payments.id)"
            ).json

            #expect(first["items"]?.array?.compactMap { $0["name"]?.string } == ["demo-4", "demo-3"])
            #expect(second["items"]?.array?.compactMap { $0["name"]?.string } == ["demo-2", "demo-1", "demo-0"])
            #expect(second["nextPageToken"] == .null)
            #expect(filtered["items"]?.array?.compactMap { $0["name"]?.string } == ["demo-3"])
            let others = try await portal.checked(as: .stranger).get("/api/v1/vclusters").json
            #expect(others["items"]?.array?.isEmpty == true)
        }
    }

    @Test func list_refusesWrongParameters() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let queries = [
                "pageSize=0", "pageSize=201", "pageSize=many", "pageToken=abc", "phase=LOST", "tenantId=7", "label=x",
                "host=7", "tenantID=x", "environment=moon",
            ]
            for query in queries {
                let response = try await client.get("/api/v1/vclusters?\(query)")

                #expect(response.status == 400, "\(query)")
                #expect(response.errorFields == [query.split(separator: "=").first.map(String.init)], "\(query)")
            }
        }
    }

    @Test func patch_changesLabelsAtOnce() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let vcluster = try await portal.createVCluster(by: client)["vcluster"]
            let path = "/api/v1/vclusters/\(vcluster?["id"]?.string ?? "")"
            let seen = try await client.get(path)

            let changed = try await client.patch(
                path,
                ["labels": ["team": "a", "gone": nil], "expiresAt": "2099-01-01T00:00:00Z"],
                headers: ["If-Match": seen.headers["ETag"] ?? ""]
            )
            let stale = try await client.patch(
                path,
                ["labels": ["team": "b"]],
                headers: ["If-Match": seen.headers["ETag"] ?? ""]
            )

            #expect(changed.status == 200, "\(changed.text)")
            #expect(changed.json["labels"] == ["team": "a"])
            #expect(stale.status == 412)
            let cleared = try await client.patch(path, ["expiresAt": nil])
            #expect(cleared.json["expiresAt"] == .null)
            let inTransition = try await client.patch(path, ["spec": ["kubernetesVersion": "v1.33.5"]])
            #expect(inTransition.status == 409)
            #expect(inTransition.json["code"] == "INVALID_PHASE")
            #expect(inTransition.json["allowedActions"] == ["delete"])
        }
    }

    @Test func lifecycle_goesThroughAllVerbs() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string)
            let path = "/api/v1/vclusters/\(id)"

            try await portal.waitForPhase("RUNNING", of: id, by: client)
            #expect(try await client.post("\(path)/suspend", [:]).status == 202)
            try await portal.waitForPhase("SUSPENDED", of: id, by: client)
            #expect(try await client.post("\(path)/resume").status == 202)
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            let scaled = try await client.post("\(path)/scale", ["resources": ["limits": ["cpu": "2"]]])
            #expect(scaled.status == 202, "\(scaled.text)")
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            let updated = try await client.patch(path, ["spec": ["sync": ["ingresses": true]]])
            #expect(updated.status == 202, "\(updated.text)")
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            #expect(try await client.delete(path).status == 202)
            try await portal.waitForPhase("DELETED", of: id, by: client)
            #expect(try await client.post("\(path)/undelete").status == 202)
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            let events = try await client.get("\(path)/events").json
            #expect((events["items"]?.array?.count ?? 0) >= 6)
        }
    }

    @Test func delete_withoutGraceRemovesForGood() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            let changes = try await client.client.events("/api/v1/vclusters:watch")

            let response = try await client.delete("/api/v1/vclusters/\(id)?gracePeriodSeconds=0")

            #expect(response.status == 202)
            for try await event in changes where event.event == "DELETED" {
                #expect(event.data["object"]?["id"]?.string == id)
                break
            }
            #expect(try await client.get("/api/v1/vclusters/\(id)").status == 404)
            #expect(try await client.delete("/api/v1/vclusters/\(id)?gracePeriodSeconds=-1").status == 400)
        }
    }

    @Test func kubeconfig_isAnAttachmentAndAudited() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string)
            let early = try await client.get("/api/v1/vclusters/\(id)/usage")
            try await portal.waitForPhase("RUNNING", of: id, by: client)

            let response = try await client.get("/api/v1/vclusters/\(id)/kubeconfig")
            let usage = try await client.get("/api/v1/vclusters/\(id)/usage").json
            let forbidden = try await portal.checked(as: .viewer).get("/api/v1/vclusters/\(id)/kubeconfig")

            #expect([200, 409].contains(early.status))
            #expect(response.text.contains("kind: Config"))
            #expect(response.headers["Content-Disposition"] == "attachment; filename=\"demo.kubeconfig.yaml\"")
            #expect(response.headers["Cache-Control"] == "no-store")
            #expect(usage["requested"]?["cpu"] == "1500m")
            #expect(usage["requested"]?["memory"] == "2Gi")
            #expect(usage["used"]?["storage"] == .null)
            #expect(forbidden.status == 403)
            let audit = try await portal.checked(as: .auditor).get("/api/v1/audit?verb=vcluster.kubeconfig").json
            #expect(audit["items"]?.array?.count == 1)
        }
    }

    @Test func kubeconfig_saysThatTheHostDoesNotAnswer() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: id, by: client)
            portal.hosts.fail(.kubeconfig, with: HostError(.hostUnreachable, "The host lab does not answer."))

            let response = try await client.get("/api/v1/vclusters/\(id)/kubeconfig")

            #expect(response.status == 503)
            #expect(response.json["code"] == "UNAVAILABLE")
            #expect(response.json["detail"] == "The host lab does not answer.")
        }
    }

    @Test func failure_showsReasonAndCanBeRetried() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            portal.hosts.fail(.install, with: HostError(.chartMissing, "The chart is not there. Check the host."))

            let id = try #require(try await portal.createVCluster(by: client)["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("ERROR", of: id, by: client)
            let failed = try await client.get("/api/v1/vclusters/\(id)").json
            let retried = try await client.post("/api/v1/vclusters/\(id)/retry")

            #expect(failed["reason"] == "ChartMissing")
            #expect(failed["message"] == "The chart is not there. Check the host.")
            #expect(retried.status == 202)
            try await portal.waitForPhase("RUNNING", of: id, by: client)
        }
    }
}
