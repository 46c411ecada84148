import JSON
import Kubernetes
import Portal
import Testing

@testable import PortalHosts

struct PodResourcesTests {
    private func pod(_ spec: String, phase: String = "Running") throws -> KubernetesObject {
        var pod = KubernetesObject(kind: .pod, namespace: "n", name: "p")
        pod.json["spec"] = try JSONValue(parsing: spec)
        pod.json["status"] = ["phase": .string(phase)]
        return pod
    }

    @Test func requests_areTheSumOfTheContainers() throws {
        let pod = try pod(
            """
            {"containers": [{"resources": {"requests": {"cpu": "250m", "memory": "1Gi", "nvidia.com/gpu": "1"}}},
                            {"resources": {"requests": {"cpu": "0.5"}}}, {}],
             "overhead": {"cpu": "10m", "memory": "1Mi"}}
            """
        )

        let sum = PodResources.requests(of: pod)

        #expect(sum.cpuMillicores == 760)
        #expect(sum.memoryBytes == (1 << 30) + (1 << 20))
        #expect(sum.gpus == 1)
        #expect(sum.pods == 1)
    }

    @Test func requests_takeALargerInitContainerAndAddSidecars() throws {
        let pod = try pod(
            """
            {"initContainers": [{"resources": {"requests": {"cpu": "2", "memory": "1Mi"}}},
                                {"restartPolicy": "Always", "resources": {"requests": {"memory": "5Mi"}}}],
             "containers": [{"resources": {"requests": {"cpu": "1", "memory": "10Mi"}}}]}
            """
        )

        let sum = PodResources.requests(of: pod)

        #expect(sum.cpuMillicores == 2_000)
        #expect(sum.memoryBytes == 15 << 20)
    }

    @Test(arguments: ["Succeeded", "Failed"]) func requests_areNothingForFinishedPods(phase: String) throws {
        let pod = try pod(#"{"containers": [{"resources": {"requests": {"cpu": "1"}}}]}"#, phase: phase)

        #expect(PodResources.requests(of: pod) == .none)
    }

    @Test func amounts_ignoreWhatCannotBeRead() {
        #expect(PodResources.amounts(["cpu": "many", "memory": true, "x": "1"]) == .none)
        #expect(PodResources.amounts(nil) == .none)
    }

    @Test func adding_staysAtTheLargestValue() {
        let large = ResourceAmounts(cpuMillicores: .max - 1)

        #expect(large.adding(ResourceAmounts(cpuMillicores: 5)).cpuMillicores == .max)
    }
}
