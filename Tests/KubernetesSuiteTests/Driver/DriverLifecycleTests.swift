import JSON
import Kubernetes
import Portal
import PortalHosts
import Testing

/// The Helm driver on a real cluster; skipped without one.
///
/// Serialized, because tenants are heavy.
@Suite(.serialized, .enabled(if: DriverScene.isAvailable))
struct DriverLifecycleTests {
    private let log = SuiteLog()

    private func deployment(_ name: String) -> KubernetesObject {
        KubernetesObject(
            kind: .deployment,
            namespace: "default",
            name: name,
            members: [
                "spec": [
                    "replicas": 2, "selector": ["matchLabels": ["app": .string(name)]],
                    "template": [
                        "metadata": ["labels": ["app": .string(name)]],
                        "spec": [
                            "containers": [
                                [
                                    "name": "web", "image": "nginx",
                                    "resources": ["requests": ["cpu": "100m", "memory": "64Mi"]],
                                ]
                            ]
                        ],
                    ],
                ]
            ]
        )
    }

    @Test(.timeLimit(.minutes(5))) func lifecycle_installsPausesResumesUpgradesAndLeavesNothing() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("life") { target in
            let driver = try await scene.driver()
            #expect(try await driver.observe(target).exists == false)

            try await driver.prepare(target, log: log)
            #expect(try await driver.observe(target).exists == false)
            try await driver.install(target, spec: VClusterSpec(), log: log)
            let ready = try await scene.wait(driver, target) { $0.isReady && $0.isAPIReady == true }
            #expect(ready.endpoint?.hasPrefix("https://") == true)
            #expect(ready.drift == [])
            #expect(ready.chartVersion != nil)

            let tenant = try scene.tenant(try await driver.kubeconfig(target))
            try await tenant.create(deployment("web"))
            try await expectTenantPods(2, scene: scene, target: target)
            let usage = try await driver.usage(target)
            #expect(usage.requested.pods ?? 0 >= 3)
            #expect(usage.overhead.pods == 1)
            #expect(usage.requested.cpuMillicores ?? 0 > usage.overhead.cpuMillicores ?? 0)

            try await pauseAndResume(scene: scene, driver: driver, target: target)
            try await upgrade(scene: scene, driver: driver, target: target, endpoint: ready.endpoint)
            let deployments = try await tenant.list(.deployment, namespace: "default")
            #expect(deployments.map(\.name) == ["web"])
            await tenant.close()

            try await driver.uninstall(target, log: log)
            _ = try await scene.wait(driver, target, seconds: 90) { !$0.exists }
            try await driver.uninstall(target, log: log)
            #expect(try await scene.client.getIfPresent(ResourcePath(kind: .namespace, name: target.namespace)) == nil)
            let roles = try await scene.client.list(.clusterRole)
            #expect(!roles.contains { $0.name.contains(target.namespace) })
            let releases = try await driver.releases()
            #expect(!releases.contains { $0.namespace == target.namespace })
        }
    }

    private func expectTenantPods(_ count: Int, scene: DriverScene, target: VClusterTarget) async throws {
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while true {
            let pods = try await scene.client.list(
                .pod,
                namespace: target.namespace,
                labelSelector: "vcluster.loft.sh/managed-by=\(target.release)"
            )
            let web = pods.filter { $0.name.hasPrefix("web-") }
            if count == 0 ? pods.isEmpty : web.count == count { return }
            try #require(ContinuousClock.now < end, "\(pods.map(\.name))")
            try await Task.sleep(for: .milliseconds(300))  // polls a host cluster
        }
    }

    private func pauseAndResume(scene: DriverScene, driver: any HostDriver, target: VClusterTarget) async throws {
        try await driver.pause(target, log: log)
        try await driver.pause(target, log: log)
        let paused = try await driver.observe(target)
        #expect(paused.isPaused)
        #expect(paused.replicasPresent == 0)
        #expect(paused.failure == nil)
        try await expectTenantPods(0, scene: scene, target: target)
        let path = ResourcePath(kind: .statefulSet, namespace: target.namespace, name: target.release)
        let annotations = try await scene.client.get(path).annotations
        #expect(annotations["loft.sh/paused"] == "true")
        #expect(annotations["loft.sh/paused-replicas"] == "1")
        #expect(annotations["loft.sh/paused-date"] != nil)

        try await driver.resume(target, log: log)
        _ = try await scene.wait(driver, target) { $0.isReady && $0.isAPIReady == true }
        try await driver.resume(target, log: log)
        #expect(try await scene.client.get(path).annotations["loft.sh/paused"] == nil)
        try await expectTenantPods(2, scene: scene, target: target)
    }

    /// An upgrade of a paused vcluster resumes it openly, and keeps the node port.
    private func upgrade(
        scene: DriverScene,
        driver: any HostDriver,
        target: VClusterTarget,
        endpoint: String?
    ) async throws {
        try await driver.pause(target, log: log)
        var spec = VClusterSpec()
        spec.resources.requests.memory = Quantity("384Mi")
        try await driver.install(target, spec: spec, log: log)
        let upgraded = try await scene.wait(driver, target) { $0.isReady && $0.isAPIReady == true }
        #expect(upgraded.endpoint == endpoint)
        #expect(upgraded.drift == [])
        let path = ResourcePath(kind: .statefulSet, namespace: target.namespace, name: target.release)
        let workload = try await scene.client.get(path)
        #expect(workload.annotations["loft.sh/paused"] == nil)
        let container = workload.spec["template"]?["spec"]?["containers"]?[0]
        #expect(container?["resources"]?["requests"]?["memory"] == "384Mi")
    }

    @Test(.timeLimit(.minutes(3))) func drift_isSeenAndRepaired() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("drift") { target in
            let driver = try await scene.driver()
            try await driver.prepare(target, log: log)
            try await driver.install(target, spec: VClusterSpec(), log: log)
            _ = try await scene.wait(driver, target) { $0.isReady }
            let path = ResourcePath(kind: .statefulSet, namespace: target.namespace, name: target.release)

            try await scene.client.mergePatch(path, ["spec": ["replicas": 0]])
            let scaled = try await driver.observe(target)
            #expect(scaled.drift.map(\.reason) == ["ScaledDownExternally"])
            try await driver.resume(target, log: log)
            _ = try await scene.wait(driver, target) { $0.isReady }

            let namespace = ResourcePath(kind: .namespace, name: target.namespace)
            let labels: JSONValue = ["metadata": ["labels": ["portal.open-vcluster.io/vcluster-id": nil]]]
            try await scene.client.mergePatch(namespace, labels)
            #expect(try await driver.observe(target).drift.map(\.reason) == ["LabelsRemoved"])
            try await driver.prepare(target, log: log)
            #expect(try await driver.observe(target).drift == [])

            try await driver.uninstall(target, log: log)
        }
    }

    @Test(.timeLimit(.minutes(3))) func adopt_takesOverAReleaseOfTheCLI() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("adopt") { target in
            // The CLI's release is that of another portal whose labels are then taken away.
            let driver = try await scene.driver()
            try await driver.prepare(target, log: log)
            try await driver.install(target, spec: VClusterSpec(), log: log)
            let patch: JSONValue = ["metadata": ["labels": ["portal.open-vcluster.io/vcluster-id": nil]]]
            try await scene.client.mergePatch(ResourcePath(kind: .namespace, name: target.namespace), patch)
            let workload = ResourcePath(kind: .statefulSet, namespace: target.namespace, name: target.release)
            try await scene.client.mergePatch(workload, patch)

            var adopter = target
            adopter.id = VClusterID()
            #expect(try await driver.observe(adopter).exists == false)
            #expect(await hostError { try await driver.prepare(adopter, log: log) }?.reason == .releaseConflict)
            #expect(
                await hostError { try await driver.install(adopter, spec: VClusterSpec(), log: log) }?.reason
                    == .releaseConflict
            )
            try await driver.uninstall(adopter, log: log)
            let found = try await driver.releases().first { $0.namespace == target.namespace }
            #expect(found?.managedBy == nil)
            #expect(found?.replicas == 1)
            #expect(found?.values["telemetry"] == ["enabled": false])

            try await driver.adopt(adopter, log: log)
            #expect(try await driver.observe(adopter).exists)
            #expect(
                try await driver.releases().first { $0.namespace == target.namespace }?.managedBy == "\(adopter.id)"
            )
            #expect(await hostError { try await driver.adopt(target, log: log) }?.reason == .releaseConflict)
            try await driver.uninstall(adopter, log: log)
        }
    }

    /// The other shape of a control plane: a Deployment with an etcd beside it, isolated and with an envelope.
    @Test(.timeLimit(.minutes(3))) func lifecycle_worksWithADeployedEtcdAndFullIsolation() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("etcd") { target in
            let driver = try await scene.driver()
            let spec = VClusterSpec(
                backingStore: VClusterSpec.BackingStore(type: .deployedEtcd),
                quota: VClusterSpec.Envelope(cpu: Quantity(4), memory: Quantity(Bytes(8 << 30)), pods: 20),
                isolation: .full
            )
            try await driver.prepare(target, log: log)
            try await driver.install(target, spec: spec, log: log)
            let ready = try await scene.wait(driver, target) { $0.isReady && $0.isAPIReady == true }
            #expect(ready.checks.first { $0.name == "etcd" }?.state == .passing)
            let quota = try await scene.client.get(
                ResourcePath(kind: .resourceQuota, namespace: target.namespace, name: "vc-\(target.release)")
            )
            #expect(quota.spec["hard"]?["requests.cpu"] == "4420m")
            #expect(quota.spec["hard"]?["count/pods"] == "20")
            #expect(quota.spec["hard"]?["services.nodeports"] == "2")

            try await driver.pause(target, log: log)
            let etcd = ResourcePath(kind: .statefulSet, namespace: target.namespace, name: "\(target.release)-etcd")
            #expect(try await scene.client.get(etcd).spec["replicas"] == 0)
            #expect(try await driver.observe(target).isPaused)
            try await driver.resume(target, log: log)
            _ = try await scene.wait(driver, target) { $0.isReady && $0.isAPIReady == true }

            let other = await hostError { try await driver.install(target, spec: VClusterSpec(), log: log) }
            #expect(other?.reason == .valuesRejected)
            try await driver.uninstall(target, log: log)
        }
    }

    /// An envelope alone limits what it names and nothing else: the chart's own quota is taken out by null.
    @Test(.timeLimit(.minutes(2))) func install_limitsOnlyWhatTheEnvelopeNames() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("quota") { target in
            let driver = try await scene.driver()
            try await driver.prepare(target, log: log)
            let spec = VClusterSpec(quota: VClusterSpec.Envelope(cpu: Quantity(4)))
            try await driver.install(target, spec: spec, log: log)
            let quota = try await scene.client.get(
                ResourcePath(kind: .resourceQuota, namespace: target.namespace, name: "vc-\(target.release)")
            )

            #expect(quota.spec["hard"] == ["limits.cpu": "9", "requests.cpu": "4200m"])
            _ = try await scene.wait(driver, target) { $0.isReady }
            try await driver.uninstall(target, log: log)
        }
    }

    @Test(.timeLimit(.minutes(1))) func host_answersVersionsAndCapacity() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("host") { _ in
            let driver = try await scene.driver()

            let check = try await driver.check()
            let capacity = try await driver.capacity()

            #expect(check.kubernetesVersion.hasPrefix("v1."))
            #expect(check.helmVersion != nil)
            #expect(check.warnings == [])
            #expect(capacity.nodes > 0)
            #expect(capacity.allocatable.cpuMillicores ?? 0 > 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func validate_readsTheChartOnDisk() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("validate") { _ in
            let driver = try await scene.driver()
            var spec = VClusterSpec()
            spec.helmValues = ["controlPlane": ["statefullSet": [:]]]

            #expect(try await driver.validate(VClusterSpec()) == [])
            #expect(try await driver.validate(spec).map(\.field) == ["spec.helmValues.controlPlane.statefullSet"])
        }
    }
}
