import JSON
import Portal
import PortalTesting
import Postgres
import Testing

struct HostServiceTests {
    private let time = ManualTime()
    private let oldKey = KeyRing.newEntry(id: "old")
    private let kubeconfig =
        "apiVersion: v1\nclusters: [{name: a, cluster: {server: https://10.1.2.3}}]\nusers: [s3cr3t-token]"

    private func service(
        _ database: PostgresDatabase,
        ring: String? = nil,
        drivers: StubDrivers = StubDrivers(),
        limits: PortalLimits = .testing
    ) throws -> HostService {
        HostService(
            database: database,
            time: time,
            secretBox: SecretBox(ring: try KeyRing(parsing: ring ?? oldKey)),
            drivers: drivers,
            limits: limits
        )
    }

    @Test func create_sealsTheKubeconfigAndNeverShowsIt() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let drivers = StubDrivers()
            let hosts = try service(database, drivers: drivers)

            let host = try await hosts.create(
                NewHost(name: "eu-1", driver: .helm, kubeconfig: kubeconfig),
                as: acme.admin
            )
            let stored = try await hosts.get(host.id, as: acme.admin)
            _ = try await hosts.driver(for: host.id)

            #expect(stored.hasCredentials)
            #expect(stored == host)
            var shown = "\(stored) \(stored.json.encodedString())"
            dump(stored, to: &shown)
            let audited = try await AuditService(database: database).list(as: acme.admin).items
            shown += audited.map { "\($0.before ?? "") \($0.after ?? "")" }.joined()
            #expect(!shown.contains("s3cr3t"))
            let sealed: [UInt8] = try await database.query("SELECT kubeconfig_sealed FROM hosts")[0].decode(
                "kubeconfig_sealed"
            )
            #expect(!String(decoding: sealed, as: UTF8.self).contains("s3cr3t"))
            #expect(drivers.seenCredentials == [kubeconfig])
            #expect(try await hosts.credentials(for: host.id, as: .system("test")) == kubeconfig)
            let error = await #expect(throws: PortalError.self) {
                try await hosts.credentials(for: host.id, as: acme.admin)
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func sealedKubeconfig_doesNotOpenInAnotherRow() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let system = Caller.system("test")
            _ = try await hosts.create(NewHost(name: "a", driver: .helm, kubeconfig: kubeconfig), as: system)
            let other = try await hosts.create(NewHost(name: "b", driver: .helm, kubeconfig: kubeconfig), as: system)

            try await database.execute(
                "UPDATE hosts SET kubeconfig_sealed = (SELECT kubeconfig_sealed FROM hosts WHERE name = 'a') WHERE name = 'b'"
            )

            let error = await #expect(throws: PortalError.self) {
                try await hosts.credentials(for: other.id, as: system)
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func create_reportsEveryFieldAtOnce() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let new = NewHost(name: "No Label", driver: .simulated, settings: ["nodes": 0, "x": 1], kubeconfig: "a")

            let error = await #expect(throws: PortalError.self) { try await hosts.create(new, as: .system("test")) }
            #expect(Set(error?.fields.map(\.field) ?? []) == ["name", "settings.nodes", "settings.x", "kubeconfig"])

            let pasted = NewHost(name: "eu-1", driver: .helm, kubeconfig: "-----BEGIN CERTIFICATE-----")
            let wrong = await #expect(throws: PortalError.self) { try await hosts.create(pasted, as: .system("test")) }
            #expect(wrong?.fields.map(\.field) == ["kubeconfig"])
        }
    }

    @Test func hosts_areReadByMembersAndManagedByAdmins() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let hosts = try service(database)
            let new = NewHost(name: "eu-1", driver: .simulated)
            let teamAdmin = Caller.make(acme.nobody.user, [(.admin, acme.engineering)])

            for caller in [acme.manager, acme.member, acme.auditor, teamAdmin, acme.nobody] {
                let error = await #expect(throws: PortalError.self) { try await hosts.create(new, as: caller) }
                #expect(error?.code == .forbidden)
            }
            let host = try await hosts.create(new, as: acme.admin)
            #expect(try await hosts.list(as: acme.viewer).items == [host])
            #expect(host.json(for: acme.viewer)["settings"] == nil)
            #expect(host.json(for: acme.viewer)["simulated"] == true)
            #expect(host.json(for: acme.admin)["settings"] != nil)
            let error = await #expect(throws: PortalError.self) { try await hosts.list(as: acme.nobody) }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func update_patchesSettingsUnderItsETag() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let system = Caller.system("test")
            let settings: JSONValue = ["latencyMilliseconds": 5, "labels": ["zone": "eu"]]
            let host = try await hosts.create(NewHost(name: "eu-1", driver: .simulated, settings: settings), as: system)

            var change = HostChange(settings: ["failureRate": 0.5, "labels": .null])
            change.acceptsNew = false
            let changed = try await hosts.update(host.id, change, ifMatch: host.etag.description, as: system)

            #expect(changed.settings.simulated?.latencyMilliseconds == 5)
            #expect(changed.settings.simulated?.failureRate == 0.5)
            #expect(changed.settings.simulated?.labels.isEmpty == true)
            #expect(!changed.acceptsNew)
            #expect(changed.version == 2)
            #expect(try await hosts.list(acceptingNew: true, as: system).items.isEmpty)
            let stale = await #expect(throws: PortalError.self) {
                try await hosts.update(host.id, HostChange(name: "x"), ifMatch: host.etag.description, as: system)
            }
            #expect(stale?.code == .preconditionFailed)
            let wrong = await #expect(throws: PortalError.self) {
                try await hosts.update(host.id, HostChange(name: "-", settings: ["nodes": "x"]), as: system)
            }
            #expect(wrong?.fields.map(\.field) == ["name", "settings.nodes"])
        }
    }

    @Test func update_replacesAndRemovesTheKubeconfig() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let system = Caller.system("test")
            let host = try await hosts.create(NewHost(name: "eu-1", driver: .helm), as: system)
            #expect(try await hosts.credentials(for: host.id, as: system) == nil)

            let with = try await hosts.update(host.id, HostChange(kubeconfig: kubeconfig), as: system)
            #expect(with.hasCredentials)
            #expect(try await hosts.credentials(for: host.id, as: system) == kubeconfig)

            let kept = try await hosts.update(host.id, HostChange(name: "eu-2"), as: system)
            #expect(kept.hasCredentials)

            let without = try await hosts.update(host.id, HostChange(kubeconfig: ""), as: system)
            #expect(!without.hasCredentials)
        }
    }

    @Test func names_areUniqueAndListsGoByName() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let system = Caller.system("test")
            for name in ["c", "a", "b"] {
                _ = try await hosts.create(NewHost(name: name, driver: .simulated), as: system)
            }

            let first = try await hosts.list(try PageRequest(size: 2), as: system)
            let second = try await hosts.list(try PageRequest(size: 2, token: first.nextPageToken), as: system)
            #expect((first.items + second.items).map(\.name) == ["a", "b", "c"])
            let taken = await #expect(throws: PortalError.self) {
                try await hosts.create(NewHost(name: "a", driver: .simulated), as: system)
            }
            #expect(taken?.code == .alreadyExists)
            #expect(try await hosts.ensure(NewHost(name: "a", driver: .helm), as: system).driver == .simulated)
        }
    }

    @Test func delete_removesAnUnusedHost() async throws {
        try await withDatabase { database in
            let hosts = try service(database)
            let system = Caller.system("test")
            let host = try await hosts.create(NewHost(name: "eu-1", driver: .simulated), as: system)

            try await hosts.delete(host.id, ifMatch: "\"1\"", as: system)

            let error = await #expect(throws: PortalError.self) { try await hosts.get(host.id, as: system) }
            #expect(error?.code == .notFound)
        }
    }

    @Test func checkConnection_storesWhatItFound() async throws {
        try await withDatabase { database in
            let system = Caller.system("test")
            let host = try await service(database).create(NewHost(name: "eu-1", driver: .simulated), as: system)
            func check(_ result: @escaping @Sendable () async throws -> HostCheck) async throws -> Host {
                var limits = PortalLimits.testing
                limits.hosts.checkTimeout = .milliseconds(50)
                return try await service(database, drivers: StubDrivers(result), limits: limits)
                    .checkConnection(host.id, as: system)
            }

            let ready = try await check { HostCheck(kubernetesVersion: "v1.31.0", helmVersion: "3.16.0") }
            let degraded = try await check { HostCheck(kubernetesVersion: "v1.31.1", warnings: ["No metrics server."]) }
            let failed = try await check { throw HostError(.credentialsRejected, "The host refuses the token.") }
            let late = try await check {
                try await Task.sleep(for: .seconds(3600))
                return HostCheck(kubernetesVersion: "")
            }

            #expect(ready.state == .ready)
            #expect(ready.kubernetesVersion == "v1.31.0")
            #expect(ready.checkedAt == time.now())
            #expect(ready.version == 1)
            #expect(degraded.state == .degraded)
            #expect(degraded.stateMessage == "No metrics server.")
            #expect(degraded.helmVersion == "3.16.0")
            #expect(failed.state == .failed)
            #expect(failed.stateMessage == "The host refuses the token.")
            #expect(late.state == .failed)
        }
    }

    @Test func rotateCredentials_sealsEverythingAnew() async throws {
        try await withDatabase { database in
            let system = Caller.system("test")
            let old = try service(database)
            var ids: [HostID] = []
            for number in 0..<25 {
                let new = NewHost(name: "host-\(number)", driver: .helm, kubeconfig: kubeconfig)
                ids.append(try await old.create(new, as: system).id)
            }
            let newKey = KeyRing.newEntry(id: "new")

            let both = try service(database, ring: "\(newKey),\(oldKey)")
            #expect(try await both.rotateCredentials(as: system) == 25)
            #expect(try await both.rotateCredentials(as: system) == 0)

            let onlyNew = try service(database, ring: newKey)
            for id in ids { #expect(try await onlyNew.credentials(for: id, as: system) == kubeconfig) }
            let lost = await #expect(throws: PortalError.self) { try await old.credentials(for: ids[0], as: system) }
            #expect(lost?.code == .unavailable)
        }
    }
}
