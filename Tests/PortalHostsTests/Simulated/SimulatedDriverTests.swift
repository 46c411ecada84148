import Foundation
import JSON
import Kubernetes
import Portal
import PortalTesting
import Postgres
import Synchronization
import Testing

@testable import PortalHosts

struct SimulatedDriverTests {
    /// A clock that stands still until a test moves it, and a sleep that only counts.
    private final class Stage: TimeSource {
        private let current = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        private let slept = Mutex(Duration.zero)

        func now() -> Date { current.withLock { $0 } }
        func advance(seconds: Double) { current.withLock { $0 += seconds } }
        func sleep(_ duration: Duration) { slept.withLock { $0 += duration } }
        var total: Duration { slept.withLock { $0 } }
    }

    private struct Scene {
        let hosts: SimulatedHosts
        let stage: Stage
        let hostID: HostID
        let log = RecordingLog()

        func driver(_ change: (inout SimulatedHostSettings) -> Void = { _ in }) -> SimulatedDriver {
            var settings = SimulatedHostSettings()
            settings.latencyMilliseconds = 1_000
            change(&settings)
            return hosts.driver(hostID: hostID, hostName: "demo", settings: settings)
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await TestDatabase.withLease { lease in
            let stage = Stage()
            let hostID = HostID()
            try await lease.database.execute(
                """
                INSERT INTO hosts (id, name, driver, settings, created_at, updated_at)
                VALUES (\(hostID), 'demo', 'simulated', \(JSONValue.object([:])), \(stage.now()), \(stage.now()))
                """
            )
            let hosts = SimulatedHosts(
                store: SimulatedReleaseStore(database: lease.database, time: stage),
                time: stage,
                schema: try ProjectFiles.chartSchema(),
                sleep: { stage.sleep($0) }
            )
            try await body(Scene(hosts: hosts, stage: stage, hostID: hostID))
        }
    }

    private func reason(_ body: () async throws -> Void) async -> HostFailureReason? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? HostError)?.reason
        }
    }

    @Test func lifecycle_goesThroughAllStatesInTime() async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let target = VClusterTarget.make(hostID: scene.hostID)
            #expect(try await driver.observe(target).exists == false)

            try await driver.prepare(target, log: scene.log)
            try await driver.install(target, spec: VClusterSpec(kubernetesVersion: "v1.33.4"), log: scene.log)
            #expect(try await driver.observe(target).isReady == false)
            scene.stage.advance(seconds: 5)
            let ready = try await driver.observe(target)
            #expect(ready.isReady)
            #expect(ready.kubernetesVersion == "v1.33.4")

            try await driver.pause(target, log: scene.log)
            #expect(try await driver.observe(target).replicasPresent == 1)
            scene.stage.advance(seconds: 3)
            let paused = try await driver.observe(target)
            #expect(paused.isPaused)
            #expect(paused.replicasPresent == 0)

            try await driver.resume(target, log: scene.log)
            scene.stage.advance(seconds: 3)
            #expect(try await driver.observe(target).isReady)

            try await driver.uninstall(target, log: scene.log)
            #expect(try await driver.observe(target).exists)
            scene.stage.advance(seconds: 3)
            #expect(try await driver.observe(target).exists == false)
            #expect(await scene.log.lines.allSatisfy { $0.hasPrefix("[simulated]") })
        }
    }

    @Test func install_isRememberedByAnotherDriver() async throws {
        try await withScene { scene in
            let target = VClusterTarget.make(hostID: scene.hostID)
            try await scene.driver().install(target, spec: VClusterSpec(), log: scene.log)
            scene.stage.advance(seconds: 5)

            #expect(try await scene.driver().observe(target).isReady)
        }
    }

    @Test func limitNamespaces_isRememberedThroughUpgradesAndByAnotherDriver() async throws {
        try await withScene { scene in
            let target = VClusterTarget.make(hostID: scene.hostID)
            let team = VClusterSpec.InnerQuota(namespace: "team-*", hard: ["pods": Quantity(20)])
            let rest = VClusterSpec.InnerQuota(namespace: "*", hard: ["requests.cpu": Quantity(2)])
            func limit(_ quotas: [VClusterSpec.InnerQuota]) async throws -> Int {
                try await scene.driver().limitNamespaces(target, to: quotas, log: scene.log)
            }
            #expect(await reason { _ = try await limit([team]) } == .notFound, "nothing is installed yet")
            try await scene.driver().install(target, spec: VClusterSpec(), log: scene.log)

            let counts = [try await limit([team, rest]), try await limit([team, rest])]
            try await scene.driver().install(target, spec: VClusterSpec(replicas: 3), log: scene.log)
            let afterUpgrade = try await limit([team, rest])
            let removed = [try await limit([team]), try await limit([]), try await limit([])]

            #expect(counts == [2, 0], "what is right already is not written again")
            #expect(afterUpgrade == 0, "an upgrade leaves what is inside of the vcluster alone")
            #expect(removed == [1, 1, 0])
        }
    }

    @Test func snapshots_areRememberedThroughUpgradesAndRestored() async throws {
        try await withScene { scene in
            let target = VClusterTarget.make(hostID: scene.hostID)
            let (driver, job) = (scene.driver(), SnapshotJob.make())
            let team = VClusterSpec.InnerQuota(namespace: "team", hard: ["pods": Quantity(20)])
            #expect(await reason { _ = try await take(job, target, driver, scene) } == .notFound)
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            try await driver.limitNamespaces(target, to: [team], log: scene.log)

            let sizes = [try await take(job, target, driver, scene), try await take(job, target, driver, scene)]
            try await driver.limitNamespaces(target, to: [], log: scene.log)
            try await driver.install(target, spec: VClusterSpec(replicas: 3), log: scene.log)
            try await driver.pause(target, log: scene.log)
            #expect(await reason { _ = try await take(job, target, driver, scene) } == .snapshotFailed)
            try await scene.driver().restoreSnapshot(target, job, log: scene.log)
            scene.stage.advance(seconds: 5)

            #expect(sizes[0] ?? 0 > 0 && sizes[0] == sizes[1])
            let restored = try await driver.observe(target)
            #expect(restored.isReady && restored.replicasReady == 3, "the size is that of now")
            #expect(try await driver.limitNamespaces(target, to: [team], log: scene.log) == 0, "what is inside is back")
            try await driver.deleteSnapshot(target, job, log: scene.log)
            try await driver.deleteSnapshot(target, job, log: scene.log)
            #expect(
                await reason { try await driver.restoreSnapshot(target, job, log: scene.log) } == .snapshotUnreadable
            )
        }
    }

    @Test func snapshots_failAndMeasureAsLabelsAsk() async throws {
        try await withScene { scene in
            var target = VClusterTarget.make(hostID: scene.hostID)
            let (driver, job) = (scene.driver(), SnapshotJob.make())
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            target.labels = [
                "simulate.portal/fail-snapshot": "SnapshotFailed.once", "simulate.portal/snapshot-size": "3Gi",
                "simulate.portal/fail-restore": "SnapshotUnreadable",
            ]

            #expect(await reason { _ = try await take(job, target, driver, scene) } == .snapshotFailed)
            #expect(try await take(job, target, driver, scene) == 3 << 30)
            #expect(
                await reason { try await driver.restoreSnapshot(target, job, log: scene.log) } == .snapshotUnreadable
            )
            #expect(
                await reason { try await driver.restoreSnapshot(target, job, log: scene.log) } == .snapshotUnreadable
            )
            target.labels = [:]
            try await driver.restoreSnapshot(target, job, log: scene.log)
        }
    }

    private func take(
        _ job: SnapshotJob,
        _ target: VClusterTarget,
        _ driver: SimulatedDriver,
        _ scene: Scene
    ) async throws -> Int64? {
        try await driver.takeSnapshot(target, job, spec: VClusterSpec(), log: scene.log)
    }

    @Test func install_refusesANamespaceOfAnotherVCluster() async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let first = VClusterTarget.make(hostID: scene.hostID)
            let second = VClusterTarget.make(hostID: scene.hostID)
            try await driver.install(first, spec: VClusterSpec(), log: scene.log)

            #expect(await reason { try await driver.prepare(second, log: scene.log) } == .releaseConflict)
            #expect(
                await reason { try await driver.install(second, spec: VClusterSpec(), log: scene.log) }
                    == .releaseConflict
            )
            #expect(await reason { try await driver.pause(second, log: scene.log) } == .releaseConflict)
            try await driver.uninstall(second, log: scene.log)
            #expect(try await driver.observe(first).exists)
            #expect(try await driver.observe(second).exists == false)
        }
    }

    @Test(arguments: [HostFailureReason.imagePullFailed, .controlPlaneCrashed, .unschedulable])
    func label_failsInThePods(expected: HostFailureReason) async throws {
        try await withScene { scene in
            let driver = scene.driver()
            var target = VClusterTarget.make(
                labels: ["simulate.portal/fail": expected.rawValue],
                hostID: scene.hostID
            )
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            scene.stage.advance(seconds: 60)
            #expect(try await driver.observe(target).failure?.reason == expected)
            #expect(try await driver.observe(target).isReady == false)

            target.labels = [:]
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            scene.stage.advance(seconds: 60)
            #expect(try await driver.observe(target).isReady)
        }
    }

    @Test(arguments: ["ValuesRejected", "ChartMissing", "Timeout", "PermissionDenied", "ImagePullFailed"])
    func label_failsOnceWhenItSaysSo(name: String) async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let target = VClusterTarget.make(labels: ["simulate.portal/fail": "\(name).once"], hostID: scene.hostID)

            let first = await reason { try await driver.install(target, spec: VClusterSpec(), log: scene.log) }
            scene.stage.advance(seconds: 60)
            let seen = try await driver.observe(target).failure?.reason
            #expect((first ?? seen)?.rawValue == name)

            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)
            scene.stage.advance(seconds: 60)
            #expect(try await driver.observe(target).isReady)
        }
    }

    @Test func install_respectsTheCapacity() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.capacity.cpu = Quantity(2) }
            let spec = VClusterSpec(quota: VClusterSpec.Envelope(cpu: Quantity(2)))
            let first = VClusterTarget.make(namespace: "one", hostID: scene.hostID)
            let second = VClusterTarget.make(namespace: "two", hostID: scene.hostID)
            try await driver.install(first, spec: spec, log: scene.log)

            #expect(await reason { try await driver.install(second, spec: spec, log: scene.log) } == .unschedulable)
            try await driver.install(first, spec: spec, log: scene.log)
            try await driver.pause(first, log: scene.log)
            try await driver.install(second, spec: spec, log: scene.log)
            #expect(await reason { try await driver.resume(first, log: scene.log) } == .unschedulable)
        }
    }

    @Test func install_countsTheGPUsOfOthers() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.capacity.gpus = 3 }
            let spec = VClusterSpec(quota: VClusterSpec.Envelope(gpus: 2))
            let first = VClusterTarget.make(namespace: "one", hostID: scene.hostID)
            let second = VClusterTarget.make(namespace: "two", hostID: scene.hostID)
            try await driver.install(first, spec: spec, log: scene.log)

            #expect(
                await reason { try await driver.install(second, spec: spec, log: scene.log) } == .hostQuotaExceeded
            )
            try await driver.install(first, spec: spec, log: scene.log)
            #expect(try await driver.capacity().requested.gpus == 2)
            try await driver.pause(first, log: scene.log)
            try await driver.install(second, spec: spec, log: scene.log)
        }
    }

    @Test func install_neverOvershootsHoweverManyAskAtOnce() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.capacity.gpus = 5 }
            let spec = VClusterSpec(quota: VClusterSpec.Envelope(gpus: 2))

            let installed = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<12 {
                    let target = VClusterTarget.make(namespace: "many-\(index)", hostID: scene.hostID)
                    group.addTask { (try? await driver.install(target, spec: spec, log: scene.log)) != nil }
                }
                return await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }

            #expect(installed == 2)
        }
    }

    @Test func install_respectsTheStorage() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.capacity.storage = Quantity(Bytes(1 << 30)) }
            let target = VClusterTarget.make(hostID: scene.hostID)

            #expect(
                await reason { try await driver.install(target, spec: VClusterSpec(), log: scene.log) }
                    == .hostQuotaExceeded
            )
        }
    }

    @Test func enter_failsAsTheSettingsSay() async throws {
        try await withScene { scene in
            let target = VClusterTarget.make(hostID: scene.hostID)
            let down = scene.driver { $0.unreachable = true }
            #expect(await reason { _ = try await down.observe(target) } == .hostUnreachable)
            #expect(await reason { _ = try await down.check() } == .hostUnreachable)

            func outcomes() async -> [Bool] {
                let driver = scene.driver {
                    $0.failureRate = 0.5
                    $0.seed = 7
                }
                var failed: [Bool] = []
                for _ in 0..<40 {
                    failed.append(await reason { try await driver.prepare(target, log: scene.log) } == .hostUnreachable)
                }
                return failed
            }
            let first = await outcomes()
            #expect(await outcomes() == first)
            #expect(Set(first) == [true, false])
        }
    }

    @Test func enter_takesTheConfiguredLatency() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.latencyMilliseconds = 100 }
            for _ in 0..<20 { _ = try await driver.capacity() }

            #expect(scene.stage.total > .milliseconds(1_000))
            #expect(scene.stage.total < .milliseconds(3_000))
        }
    }

    @Test func usage_followsItsCurve() async throws {
        try await withScene { scene in
            let driver = scene.driver { $0.usage.curve = .daily }
            let target = VClusterTarget.make(hostID: scene.hostID)
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)

            var samples: [Int64] = []
            for _ in 0..<24 {
                let usage = try await driver.usage(target)
                let used = try #require(usage.used.cpuMillicores)
                let requested = try #require(usage.requested.cpuMillicores)
                #expect(used <= requested)
                samples.append(used)
                scene.stage.advance(seconds: 3_600)
            }
            #expect(Set(samples).count > 10)

            try await driver.pause(target, log: scene.log)
            let paused = try await driver.usage(target)
            #expect(paused.requested.cpuMillicores == 0)
            #expect(paused.requested.storageBytes == 5 << 30)
        }
    }

    @Test func capacity_countsWhatReleasesRequest() async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let target = VClusterTarget.make(hostID: scene.hostID)
            #expect(try await driver.capacity().requested.cpuMillicores == 0)

            try await driver.install(target, spec: VClusterSpec(), log: scene.log)

            let capacity = try await driver.capacity()
            #expect(capacity.requested.cpuMillicores == 700)
            #expect(capacity.allocatable.cpuMillicores == 64_000)
        }
    }

    @Test func kubeconfig_saysThatItIsSimulated() async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let target = VClusterTarget.make(hostID: scene.hostID)
            #expect(await reason { _ = try await driver.kubeconfig(target) } == .notFound)
            try await driver.install(target, spec: VClusterSpec(), log: scene.log)

            let yaml = try await driver.kubeconfig(target)

            #expect(yaml.hasPrefix("# SIMULATED"))
            #expect(try KubeConfig(yaml: yaml).resolve().server.host == "acme.simulated.invalid")
        }
    }

    @Test func adopt_takesReleasesOfNobodyOnly() async throws {
        try await withScene { scene in
            let driver = scene.driver()
            let store = scene.hosts.store
            _ = try await store.install(
                SimulatedRelease(
                    hostID: scene.hostID,
                    namespace: "vcluster-acme",
                    release: "acme",
                    vclusterID: nil,
                    readyAt: scene.stage.now()
                )
            )
            let target = VClusterTarget.make(hostID: scene.hostID)
            #expect(try await driver.releases().map(\.managedBy) == [nil])

            try await driver.adopt(target, log: scene.log)

            #expect(try await driver.releases().map(\.managedBy) == [target.id.description])
            #expect(try await driver.observe(target).isReady)
            let other = VClusterTarget.make(hostID: scene.hostID)
            #expect(await reason { try await driver.adopt(other, log: scene.log) } == .releaseConflict)
            let nowhere = VClusterTarget.make(namespace: "nowhere", hostID: scene.hostID)
            #expect(await reason { try await driver.adopt(nowhere, log: scene.log) } == .notFound)
        }
    }

    @Test func validate_usesTheRealSchema() async throws {
        try await withScene { scene in
            var spec = VClusterSpec()
            spec.helmValues = ["controlPlan": [:]]

            let found = try await scene.driver().validate(spec)
            #expect(found.map(\.field) == ["spec.helmValues.controlPlan"])
        }
    }

    @Test func check_warnsThatNothingIsReal() async throws {
        try await withScene { scene in
            let check = try await scene.driver().check()

            #expect(check.kubernetesVersion == "v1.31.0")
            #expect(check.warnings.first?.contains("simulated") == true)
        }
    }
}
