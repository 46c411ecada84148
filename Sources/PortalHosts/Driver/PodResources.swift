import JSON
import Kubernetes
import Portal

/// Sums of what pods, claims and nodes ask for and offer.
enum PodResources {
    /// What the scheduler sets aside for a pod.
    ///
    /// That is the sum of its containers, or the largest init container when that is more, plus the overhead of its
    /// runtime. A finished pod has nothing.
    ///
    /// Source: Kubernetes documentation, "Init Containers", resource sharing within containers.
    static func requests(of pod: KubernetesObject) -> ResourceAmounts {
        let phase = pod.status["phase"]?.string
        guard phase != "Succeeded", phase != "Failed" else { return .none }
        let initContainers = pod.spec["initContainers"]?.array ?? []
        // An init container that restarts is a sidecar: it runs beside the others and adds to them.
        let sidecars = initContainers.filter { $0["restartPolicy"]?.string == "Always" }
        let running = (pod.spec["containers"]?.array ?? []) + sidecars
        var total = running.reduce(ResourceAmounts.none) { $0.adding(amounts($1["resources"]?["requests"])) }
        for container in initContainers where container["restartPolicy"]?.string != "Always" {
            total = total.larger(amounts(container["resources"]?["requests"]))
        }
        total = total.adding(amounts(pod.spec["overhead"]))
        total.pods = 1
        return total
    }

    /// A resource list; quantities that cannot be read count as nothing.
    static func amounts(_ json: JSONValue?) -> ResourceAmounts {
        var amounts = ResourceAmounts.none
        for (name, value) in json?.object ?? [:] {
            guard let quantity = try? Quantity(json: value) else { continue }
            switch name {
            case "cpu": amounts.cpuMillicores = (try? quantity.millicores().value) ?? 0
            case "memory": amounts.memoryBytes = quantity.bytes().value
            case "storage": amounts.storageBytes = quantity.bytes().value
            case "pods": amounts.pods = quantity.count()
            case _ where name.hasSuffix("/gpu"): amounts.gpus = (amounts.gpus ?? 0) + quantity.count()
            default: break
            }
        }
        return amounts
    }

    /// Storage that a claim asks for.
    static func storage(of claim: KubernetesObject) -> ResourceAmounts {
        amounts(claim.spec["resources"]?["requests"])
    }

    /// Measured use of a pod, from metrics.k8s.io.
    static func usage(of metrics: KubernetesObject) -> ResourceAmounts {
        (metrics.json["containers"]?.array ?? []).reduce(.none) { $0.adding(amounts($1["usage"])) }
    }
}

extension ResourceAmounts {
    /// Nothing of everything.
    static let none = ResourceAmounts(cpuMillicores: 0, memoryBytes: 0, storageBytes: 0, gpus: 0, pods: 0)

    /// The sum; a sum too large for its type stays at the largest value.
    func adding(_ other: ResourceAmounts) -> ResourceAmounts {
        combined(with: other) { left, right in
            let (sum, overflow) = left.addingReportingOverflow(right)
            return overflow ? .max : sum
        }
    }

    /// The larger of each.
    func larger(_ other: ResourceAmounts) -> ResourceAmounts { combined(with: other) { max($0, $1) } }

    private func combined(with other: ResourceAmounts, _ join: (Int64, Int64) -> Int64) -> ResourceAmounts {
        func pair(_ path: KeyPath<ResourceAmounts, Int64?>) -> Int64? {
            switch (self[keyPath: path], other[keyPath: path]) {
            case (let left?, let right?): join(left, right)
            case (let left, let right): left ?? right
            }
        }
        return ResourceAmounts(
            cpuMillicores: pair(\.cpuMillicores),
            memoryBytes: pair(\.memoryBytes),
            storageBytes: pair(\.storageBytes),
            gpus: pair(\.gpus),
            pods: pair(\.pods)
        )
    }
}
