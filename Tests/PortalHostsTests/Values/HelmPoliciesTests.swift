import JSON
import Portal
import Testing

@testable import PortalHosts

struct HelmPoliciesTests {
    private func policies(_ spec: VClusterSpec) -> JSONValue? {
        HelmValues(spec: spec, context: .make()).document["policies"]
    }

    @Test func set_leavesTheChartAloneWithoutIsolationAndQuota() {
        #expect(policies(VClusterSpec()) == nil)
    }

    @Test func set_addsTheControlPlaneToTheEnvelope() {
        let quota = VClusterSpec.Envelope(
            cpu: Quantity("4"),
            memory: Quantity("8Gi"),
            storage: Quantity("50Gi"),
            gpus: 2,
            pods: 30
        )

        let hard = policies(VClusterSpec(quota: quota, isolation: .lite))?["resourceQuota"]?["quota"]

        #expect(hard?["requests.cpu"] == "4200m")
        #expect(hard?["requests.memory"] == "8448Mi")
        #expect(hard?["requests.storage"] == "55Gi")
        #expect(hard?["limits.cpu"] == "9")
        #expect(hard?["limits.memory"] == "20Gi")
        #expect(hard?["requests.nvidia.com/gpu"] == "2")
        #expect(hard?["count/pods"] == "30")
    }

    @Test func set_countsEveryReplicaAndEtcdMember() {
        let spec = VClusterSpec(
            replicas: 2,
            resources: VClusterSpec.Resources(requests: VClusterSpec.ComputeResources(cpu: Quantity("1"))),
            backingStore: VClusterSpec.BackingStore(type: .deployedEtcd, etcdReplicas: 3),
            quota: VClusterSpec.Envelope(cpu: Quantity("4"), storage: Quantity("10Gi")),
            isolation: .lite
        )

        let hard = policies(spec)?["resourceQuota"]?["quota"]

        // Two replicas, one more while a Deployment rolls, three members of 20m each.
        #expect(hard?["requests.cpu"] == "7060m")
        #expect(hard?["requests.storage"] == "25Gi")
    }

    @Test func set_liftsTheChartsOwnLimitsWithoutIsolation() {
        let hard = policies(VClusterSpec(quota: VClusterSpec.Envelope(cpu: Quantity("4"))))?["resourceQuota"]?["quota"]

        #expect(hard?["requests.cpu"] == "4200m")
        #expect(hard?["requests.memory"] == .null)
        #expect(hard?["count/pods"] == .null)
        #expect(hard?["services.nodeports"] == .null)
    }

    @Test(arguments: [
        (VClusterSpec.Exposure.Kind.clusterIP, JSONValue?.none, JSONValue?.none), (.nodePort, "2", nil),
        (.loadBalancer, "1", "2"),
    ])
    func set_leavesRoomForTheExposure(kind: VClusterSpec.Exposure.Kind, nodePorts: JSONValue?, balancers: JSONValue?) {
        let spec = VClusterSpec(isolation: .lite, exposure: VClusterSpec.Exposure(type: kind))

        let hard = policies(spec)?["resourceQuota"]?["quota"]

        #expect(hard?["services.nodeports"] == nodePorts)
        #expect(hard?["services.loadbalancers"] == balancers)
    }

    @Test func set_mapsTheIsolationModes() {
        let lite = policies(VClusterSpec(isolation: .lite))
        let full = policies(VClusterSpec(isolation: .full))

        #expect(lite?["resourceQuota"]?["enabled"] == true)
        #expect(lite?["limitRange"]?["enabled"] == true)
        #expect(lite?["networkPolicy"] == nil)
        #expect(full?["networkPolicy"] == ["enabled": true])
        #expect(full?["podSecurityStandard"] == "baseline")
        #expect(full?["limitRange"]?["enabled"] == true)
    }
}
