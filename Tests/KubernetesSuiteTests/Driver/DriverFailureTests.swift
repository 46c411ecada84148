import JSON
import Kubernetes
import Portal
import PortalHosts
import Testing

/// What goes wrong on a real cluster ends with its reason, and can be retried; skipped without a cluster.
@Suite(.serialized, .enabled(if: DriverScene.isAvailable))
struct DriverFailureTests {
    private let log = SuiteLog()

    @Test(.timeLimit(.minutes(1))) func failures_ofTheConnectionAreTold() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("conn") { target in
            let rejected = try await scene.driver(credentials: Self.kubeconfig(scene, server: nil, token: "wrong"))
            let unauthorized = await hostError { try await rejected.prepare(target, log: log) }
            #expect(unauthorized?.reason == .credentialsRejected)
            #expect(unauthorized?.isTransient == false)

            let unreachable = try await scene.driver(
                credentials: Self.kubeconfig(scene, server: "https://127.0.0.1:1", token: "x")
            )
            let refused = await hostError { try await unreachable.prepare(target, log: log) }
            #expect(refused?.reason == .hostUnreachable)
            #expect(refused?.isTransient == true)
            #expect(await hostError { _ = try await unreachable.check() }?.reason == .hostUnreachable)
        }
    }

    /// A kubeconfig of the same cluster with another token or server.
    private static func kubeconfig(_ scene: DriverScene, server: String?, token: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster: {server: "\(server ?? scene.client.endpoint.server.url)", insecure-skip-tls-verify: true}
        users:
        - name: u
          user: {token: \(token)}
        contexts:
        - name: x
          context: {cluster: c, user: u}
        current-context: x
        """
    }

    @Test(.timeLimit(.minutes(2))) func failures_ofHelmAreToldAndRetried() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("helm") { target in
            let driver = try await scene.driver()
            try await driver.prepare(target, log: log)

            let noHelm = try await scene.driver { $0.helmPath = "/nowhere/helm" }
            let missing = await hostError { try await noHelm.install(target, spec: VClusterSpec(), log: log) }
            #expect(missing?.reason == .helmMissing)
            #expect(missing?.message.contains("/nowhere/helm") == true)

            let noChart = try await scene.driver { $0.chart = "/nowhere/chart" }
            let absent = await hostError { try await noChart.install(target, spec: VClusterSpec(), log: log) }
            #expect(absent?.reason == .chartMissing)

            var wrong = VClusterSpec()
            wrong.helmValues = ["controlPlane": ["bogus": 1]]
            let rejected = await hostError { try await driver.install(target, spec: wrong, log: log) }
            #expect(rejected?.reason == .valuesRejected)
            #expect(rejected?.message.contains("bogus") == true)
            #expect(await log.lines.contains { $0.contains("bogus") })

            var guarded = VClusterSpec()
            guarded.helmValues = ["controlPlane": ["backingStore": ["etcd": ["deploy": ["enabled": true]]]]]
            let refused = await hostError { try await driver.install(target, spec: guarded, log: log) }
            #expect(refused?.reason == .valuesRejected)

            try await driver.install(target, spec: VClusterSpec(), log: log)
            _ = try await scene.wait(driver, target) { $0.isReady }
            try await driver.uninstall(target, log: log)
        }
    }

    @Test(.timeLimit(.minutes(2))) func failures_ofImagesAreSeenAndRepaired() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("image") { target in
            let driver = try await scene.driver()
            var spec = VClusterSpec()
            spec.helmValues = [
                "controlPlane": ["statefulSet": ["pods": ["annotations": ["testbed/fail": "ImagePullBackOff"]]]]
            ]
            try await driver.prepare(target, log: log)
            try await driver.install(target, spec: spec, log: log)
            let failed = try await scene.wait(driver, target) { $0.failure?.isTransient == false }
            #expect(failed.failure?.reason == .imagePullFailed)
            #expect(!failed.isReady)

            try await driver.install(target, spec: VClusterSpec(), log: log)
            #expect(try await driver.observe(target).failure?.reason != .imagePullFailed)
            // The chart's StatefulSet manages its pods in parallel, which is what lets it replace a broken one.
            _ = try await scene.wait(driver, target) { $0.isReady }
            try await driver.uninstall(target, log: log)
        }
    }

    @Test(.timeLimit(.minutes(2))) func failures_ofQuotasAreToldAndRepaired() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("quota") { target in
            let driver = try await scene.driver()
            try await scene.client.create(KubernetesObject(kind: .namespace, name: target.namespace))
            let quota = KubernetesObject(
                kind: .resourceQuota,
                namespace: target.namespace,
                name: "tight",
                members: ["spec": ["hard": ["requests.cpu": "1m", "count/pods": "0"]]]
            )
            try await scene.client.create(quota)
            try await driver.prepare(target, log: log)
            try await driver.install(target, spec: VClusterSpec(), log: log)
            let failed = try await scene.wait(driver, target) { $0.failure != nil }
            #expect(failed.failure?.reason == .hostQuotaExceeded)
            #expect(failed.failure?.message.contains("tight") == true)

            // A retry that changes nothing is refused again, at once and not by the events of the first attempt.
            try await driver.install(target, spec: VClusterSpec(), log: log)
            let again = try await scene.wait(driver, target) { $0.failure != nil }
            #expect(again.failure?.reason == .hostQuotaExceeded)

            try await scene.client.delete(
                ResourcePath(kind: .resourceQuota, namespace: target.namespace, name: "tight")
            )
            try await driver.install(target, spec: VClusterSpec(), log: log)
            _ = try await scene.wait(driver, target) { $0.isReady }
            try await driver.uninstall(target, log: log)
            // The namespace was there before, so it stays, and nothing of the vcluster is left in it.
            _ = try await scene.wait(driver, target) { !$0.exists }
            let namespace = try await scene.client.get(ResourcePath(kind: .namespace, name: target.namespace))
            #expect(namespace.labels["portal.open-vcluster.io/vcluster-id"] == nil)
            let claims = try await scene.client.list(.persistentVolumeClaim, namespace: target.namespace)
            #expect(claims.allSatisfy { $0.deletionTimestamp != nil })
        }
    }

    @Test(.timeLimit(.minutes(1))) func failures_ofServicesByQuotaComeFromHelm() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("ports") { target in
            let driver = try await scene.driver()
            var spec = VClusterSpec()
            spec.helmValues = [
                "policies": [
                    "resourceQuota": ["enabled": true, "quota": ["services.nodeports": 0, "count/services": 0]]
                ]
            ]
            try await driver.prepare(target, log: log)
            let first = await hostError { try await driver.install(target, spec: spec, log: log) }
            // The quota is made in the same release; where the API server was faster, the next upgrade meets it.
            let error: HostError? =
                if let first { first } else {
                    await hostError {
                        var larger = spec
                        larger.replicas = 1
                        larger.exposure = VClusterSpec.Exposure(type: .loadBalancer)
                        try await driver.install(target, spec: larger, log: log)
                    }
                }
            if let error { #expect(error.reason == .hostQuotaExceeded) }
            try await driver.uninstall(target, log: log)
        }
    }

    /// A helm that dies in the middle leaves its release locked; the next attempt gets through.
    @Test(.timeLimit(.minutes(2))) func failures_ofAnInterruptedHelmAreRepaired() async throws {
        let scene = try DriverScene()
        try await scene.withTarget("late") { target in
            let driver = try await scene.driver()
            try await driver.prepare(target, log: log)
            let task = Task { try await driver.install(target, spec: VClusterSpec(), log: log) }
            let end = ContinuousClock.now.advanced(by: .seconds(20))
            while ContinuousClock.now < end {
                let secrets = try await scene.client.list(
                    .secret,
                    namespace: target.namespace,
                    labelSelector: "owner=helm"
                )
                if !secrets.isEmpty { break }
            }
            task.cancel()
            _ = await task.result

            while let error = await hostError({ try await driver.install(target, spec: VClusterSpec(), log: log) }) {
                try #require(error.isTransient && ContinuousClock.now < end.advanced(by: .seconds(30)), "\(error)")
                try await Task.sleep(for: .milliseconds(500))  // polls a host cluster
            }
            _ = try await scene.wait(driver, target) { $0.isReady }
            try await driver.uninstall(target, log: log)
        }
    }
}
