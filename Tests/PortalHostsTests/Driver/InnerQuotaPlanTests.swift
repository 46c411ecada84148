import JSON
import Kubernetes
import Portal
import Testing

@testable import PortalHosts

/// What the driver would change inside of a vcluster.
struct InnerQuotaPlanTests {
    private let team = VClusterSpec.InnerQuota(namespace: "team-*", hard: ["pods": Quantity(20)])
    private let rest = VClusterSpec.InnerQuota(namespace: "*", hard: ["pods": Quantity(5)])

    private func quota(_ namespace: String, pods: JSONValue) -> KubernetesObject {
        var object = InnerQuotaPlan.object(namespace: namespace, hard: [:])
        object.json["spec"] = ["hard": ["pods": pods]]
        return object
    }

    @Test func init_writesWhatIsMissingOrWrong() {
        let plan = InnerQuotaPlan(
            quotas: [team, rest],
            namespaces: ["default", "kube-system", "team-a", "team-b", "team-c"],
            existing: [quota("team-a", pods: "20"), quota("team-b", pods: "200")]
        )

        #expect(plan.writes.map(\.namespace) == ["default", "team-b", "team-c"])
        #expect(plan.writes.map { $0.hard["pods"] } == [Quantity(5), Quantity(20), Quantity(20)])
        #expect(plan.removals.isEmpty && plan.absent.isEmpty && plan.count == 3)
    }

    @Test func init_removesOnlyItsOwn() {
        var foreign = quota("team-a", pods: "1")
        foreign.json["metadata"]?["name"] = "mine"
        let plan = InnerQuotaPlan(
            quotas: [VClusterSpec.InnerQuota(namespace: "later", hard: ["pods": Quantity(1)])],
            namespaces: ["team-a", "team-b"],
            existing: [foreign, quota("team-b", pods: "20"), quota("gone", pods: "20")]
        )

        #expect(plan.writes.isEmpty)
        #expect(plan.removals == ["team-b"], "what is in a namespace that is going away goes with it")
        #expect(plan.absent == ["later"])
    }

    @Test func init_findsNothingToDoTwice() {
        let first = InnerQuotaPlan(quotas: [team], namespaces: ["team-a"], existing: [])
        let objects = first.writes.map { InnerQuotaPlan.object(namespace: $0.namespace, hard: $0.hard) }

        let second = InnerQuotaPlan(quotas: [team], namespaces: ["team-a"], existing: objects)

        #expect(first.count == 1 && second.count == 0)
    }
}
