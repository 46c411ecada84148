import JSON
import Kubernetes
import Portal

/// What the pods of a control plane say about why it does not run.
struct PodInspection: Sendable {
    /// A container that waits for a reason that needs somebody's help.
    struct Problem: Sendable, Equatable {
        let reason: String
        let container: String
        let pod: String
        let text: String
    }

    let pods: [KubernetesObject]

    /// Waiting reasons that kubelet uses for an image that it cannot have.
    private static let imageReasons: Set<String> = [
        "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
        "RegistryUnavailable",
    ]
    /// Waiting and termination reasons of a container that starts and dies, or cannot start.
    private static let crashReasons: Set<String> = [
        "CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "OOMKilled",
        "Error", "Unknown", "StartError", "ContainerCannotRun", "PostStartHookError",
    ]

    /// The first container with a critical reason, by pod name; init containers come first.
    var problem: Problem? {
        for pod in pods.sorted(by: { $0.name < $1.name }) where pod.deletionTimestamp == nil {
            let status = pod.status
            let containers =
                (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? [])
            for container in containers {
                let waiting = container["state"]?["waiting"]
                guard let reason = waiting?["reason"]?.string, Self.isCritical(reason) else { continue }
                return Problem(
                    reason: reason,
                    container: container["name"]?.string ?? "",
                    pod: pod.name,
                    text: waiting?["message"]?.string ?? ""
                )
            }
        }
        return nil
    }

    /// Why the scheduler finds no node, in its own words; nil when every pod has a node.
    var unschedulable: String? {
        pods.lazy
            .filter { $0.deletionTimestamp == nil }
            .compactMap { $0.condition("PodScheduled") }
            .first { $0["status"]?.string == "False" && $0["reason"]?.string == "Unschedulable" }
            .map { $0["message"]?.string ?? "no node fits" }
    }

    /// How often containers were started again, over all pods.
    var restarts: Int64 {
        pods.reduce(0) { total, pod in
            total + (pod.status["containerStatuses"]?.array ?? []).reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
        }
    }

    /// Pods whose containers are all ready.
    var readyCount: Int {
        pods.count { $0.deletionTimestamp == nil && $0.condition("Ready")?["status"]?.string == "True" }
    }

    static func isCritical(_ reason: String) -> Bool {
        imageReasons.contains(reason) || crashReasons.contains(reason)
    }

    /// The problem as an error for people.
    static func error(for problem: Problem) -> HostError {
        let detail = "pod \(problem.pod), container \(problem.container): \(problem.reason): \(problem.text)"
        if imageReasons.contains(problem.reason) {
            return HostError(
                .imagePullFailed,
                "The host cannot pull an image of the control plane (\(problem.reason), container"
                    + " \(problem.container)). Check the image, its registry and its credentials, then retry.",
                detail: detail
            )
        }
        return HostError(
            .controlPlaneCrashed,
            "The control plane does not start (\(problem.reason), container \(problem.container)). Check its memory"
                + " limit and helmValues, then retry; the log of pod \(problem.pod) says more.",
            detail: detail
        )
    }
}
