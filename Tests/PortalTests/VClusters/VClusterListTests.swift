import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// Lists, counts and who sees what.
struct VClusterListTests {
    @Test func list_pagesNewestFirstAndIsStableUnderInserts() async throws {
        try await Engine.with(workers: 0) { engine in
            for index in 0..<7 { _ = try await engine.create("c\(index)") }

            let first = try await engine.vclusters.list(
                VClusterFilter(),
                try PageRequest(size: 3),
                as: engine.acme.member
            )
            _ = try await engine.create("newer")
            let second = try await engine.vclusters.list(
                VClusterFilter(),
                try PageRequest(size: 3, token: first.nextPageToken),
                as: engine.acme.member
            )
            let third = try await engine.vclusters.list(
                VClusterFilter(),
                try PageRequest(size: 3, token: second.nextPageToken),
                as: engine.acme.member
            )

            #expect(first.items.map(\.name) == ["c6", "c5", "c4"])
            #expect(second.items.map(\.name) == ["c3", "c2", "c1"])
            #expect(third.items.map(\.name) == ["c0"])
            #expect(third.nextPageToken == nil)
            #expect(first.items.first?.activeVerb == .create)
            #expect(first.items.first?.isSimulated == true)
        }
    }

    @Test func list_filters() async throws {
        try await Engine.with(workers: 0) { engine in
            _ = try await engine.create("web-blue", labels: ["team": "a", "tier": "front"])
            _ = try await engine.create("web-green", labels: ["team": "b"])
            let running = try await engine.vcluster(named: "database", in: .running)
            _ = try await engine.vclusters.create(
                NewVCluster(tenantID: engine.acme.data.id, name: "lake"),
                as: engine.acme.admin
            )
            func names(_ filter: VClusterFilter) async throws -> [String] {
                try await engine.vclusters.list(filter, as: engine.acme.admin).items.map(\.name).sorted()
            }

            #expect(try await names(VClusterFilter()) == ["database", "lake", "web-blue", "web-green"])
            #expect(try await names(VClusterFilter(query: "WEB")) == ["web-blue", "web-green"])
            #expect(try await names(VClusterFilter(query: "%")) == [])
            #expect(try await names(VClusterFilter(labels: ["team": "a", "tier": "front"])) == ["web-blue"])
            #expect(try await names(VClusterFilter(labels: ["team": "c"])) == [])
            #expect(try await names(VClusterFilter(phases: [.running])) == ["database"])
            #expect(try await names(VClusterFilter(phases: [.running, .pending])).count == 4)
            #expect(try await names(VClusterFilter(hostID: engine.hostID)).count == 4)
            #expect(try await names(VClusterFilter(hostID: HostID())) == [])
            #expect(try await names(VClusterFilter(tenantID: engine.acme.engineering.id)).count == 3)
            #expect(try await names(VClusterFilter(tenantID: engine.acme.data.id)) == ["lake"])
            let counts = try await engine.vclusters.counts(as: engine.acme.admin)
            #expect(counts == [.pending: 3, .running: 1])
            #expect(try await engine.vclusters.get(running, as: engine.acme.viewer).name == "database")
        }
    }

    @Test func list_showsEachCallerItsSubtrees() async throws {
        try await Engine.with(workers: 0) { engine in
            _ = try await engine.create("mine")
            _ = try await engine.vclusters.create(
                NewVCluster(tenantID: engine.acme.data.id, name: "theirs"),
                as: engine.acme.admin
            )
            func names(_ caller: Caller) async throws -> [String] {
                try await engine.vclusters.list(as: caller).items.map(\.name)
            }

            #expect(try await names(engine.acme.admin) == ["theirs", "mine"])
            #expect(try await names(engine.acme.auditor) == ["theirs", "mine"])
            #expect(try await names(engine.acme.manager) == ["mine"])
            #expect(try await names(engine.acme.viewer) == ["mine"])
            #expect(try await names(engine.acme.stranger) == ["theirs"])
            #expect(try await names(engine.acme.nobody) == [])
            #expect(try await engine.vclusters.counts(as: engine.acme.nobody) == [:])
            await expect(.notFound) {
                _ = try await engine.vclusters.list(
                    VClusterFilter(tenantID: engine.acme.data.id),
                    as: engine.acme.member
                )
            }
            await expect(.invalidArgument) {
                _ = try await engine.vclusters.list(
                    VClusterFilter(),
                    try PageRequest(token: "bm9wZQ"),
                    as: engine.acme.member
                )
            }
        }
    }

    @Test func services_hideForeignOnesAndNameMissingPermissions() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.vcluster(named: "web", in: .running)
            let acme = engine.acme

            await expect(.notFound) { _ = try await engine.vclusters.get(id, as: acme.stranger) }
            await expect(.notFound) { try await engine.vclusters.suspend(id, as: acme.stranger) }
            await expect(.notFound) { try await engine.vclusters.delete(id, as: acme.stranger) }
            await expect(.notFound) { _ = try await engine.vclusters.kubeconfig(of: id, as: acme.stranger) }
            await expect(.notFound) { _ = try await engine.vclusters.events(of: id, as: acme.stranger) }
            await expect(.notFound) { _ = try await engine.vclusters.get(VClusterID(), as: acme.admin) }
            await expect(.forbidden) { try await engine.vclusters.suspend(id, as: acme.viewer) }
            await expect(.forbidden) { try await engine.vclusters.delete(id, as: acme.viewer) }
            await expect(.forbidden) { _ = try await engine.vclusters.kubeconfig(of: id, as: acme.viewer) }
            await expect(.forbidden) {
                try await engine.vclusters.update(id, VClusterPatch(labels: ["a": "b"]), as: acme.viewer)
            }
            await expect(.forbidden) {
                try await engine.vclusters.create(
                    NewVCluster(tenantID: acme.payments.id, name: "new"),
                    as: acme.viewer
                )
            }
            await expect(.notFound) {
                try await engine.vclusters.create(
                    NewVCluster(tenantID: acme.payments.id, name: "new"),
                    as: acme.stranger
                )
            }
        }
    }

    @Test func create_tellsWhyANameIsTaken() async throws {
        try await Engine.with { engine in
            let id = try await engine.running("web").id
            await expect(.alreadyExists, saying: "already") { try await engine.create("web") }
            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)

            await expect(.alreadyExists, saying: "grace period") { try await engine.create("web") }
        }
    }

    @Test func update_checksTheVersion() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.vcluster(named: "web", in: .running)
            let etag = try await engine.vclusters.get(id, as: engine.acme.member).etag.description

            let (labelled, operation) = try await engine.vclusters.update(
                id,
                VClusterPatch(labels: ["stage": "green"], ifMatch: etag),
                as: engine.acme.member
            )
            #expect(operation == nil)
            #expect(labelled.labels == ["stage": "green"])
            #expect(labelled.generation == 1)
            await expect(.preconditionFailed) {
                try await engine.vclusters.update(
                    id,
                    VClusterPatch(labels: ["stage": "red"], ifMatch: etag),
                    as: engine.acme.member
                )
            }
            await expect(.preconditionFailed) {
                try await engine.vclusters.suspend(id, ifMatch: etag, as: engine.acme.member)
            }
            let (same, none) = try await engine.vclusters.update(
                id,
                VClusterPatch(spec: [:], labels: ["stage": "green"]),
                as: engine.acme.member
            )
            #expect(none == nil)
            #expect(same.version == labelled.version)
        }
    }

    @Test func create_startsFromATemplate() async throws {
        try await Engine.with(workers: 0) { engine in
            let template = try await engine.services.templates.create(
                NewTemplate(
                    name: "Small",
                    environment: "test",
                    spec: ["isolation": "full", "resources": ["requests": ["cpu": "1"]]]
                ),
                as: engine.acme.admin
            )

            let change = try await engine.vclusters.create(
                NewVCluster(
                    tenantID: engine.acme.payments.id,
                    name: "web",
                    spec: ["resources": ["requests": ["cpu": nil, "memory": "1Gi"]]],
                    templateID: template.id
                ),
                as: engine.acme.member
            )

            #expect(change.vcluster.spec.isolation == .full)
            #expect(change.vcluster.spec.resources.requests.cpu == nil)
            #expect(change.vcluster.spec.resources.requests.memory == Quantity("1Gi"))
            #expect(change.vcluster.environment == .test)
        }
    }

    @Test func kubeconfig_isForRunningOnesAndAudited() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.vcluster(named: "web", in: .running)

            let text = try await engine.vclusters.kubeconfig(of: id, as: engine.acme.member)

            #expect(text.contains("kind: Config"))
            let audit = try await engine.database.query(
                "SELECT actor_name, after FROM audit_events WHERE verb = 'vcluster.kubeconfig'"
            )
            #expect(audit.count == 1)
            let suspended = try await engine.vcluster(named: "off", in: .suspended)
            await expect(.invalidPhase, saying: "Resume it first") {
                _ = try await engine.vclusters.kubeconfig(of: suspended, as: engine.acme.member)
            }
            engine.driver.fail("kubeconfig", with: HostError(.hostUnreachable, "The host does not answer."))
            await expect(.unavailable, saying: "does not answer") {
                _ = try await engine.vclusters.kubeconfig(of: id, as: engine.acme.member)
            }
            #expect(try await engine.vclusters.usage(of: id, as: engine.acme.viewer).requested.cpuMillicores == 200)
        }
    }
}

/// Expects a use case to end with an error of a code.
func expect(
    _ code: PortalError.Code,
    saying text: String = "",
    _ body: () async throws -> some Any,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: PortalError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    if !text.isEmpty {
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    }
}
