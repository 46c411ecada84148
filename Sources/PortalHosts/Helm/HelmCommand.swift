import Foundation
public import JSON

/// One helm command line, without the files that the runner writes for it.
///
/// The command lines are those of the vcluster CLI (facts 1.1): no `--wait` and no `--atomic`, because the portal
/// watches readiness itself and a failed install has to stay visible.
public struct HelmCommand: Sendable, Equatable {
    /// Arguments after the executable, without `--kubeconfig` and `--values`.
    public var arguments: [String]
    /// A document that the runner writes to a file and passes with `--values`.
    public var values: JSONValue?
    /// Whether the command talks to a cluster, so that it needs `--kubeconfig`.
    public var needsCluster: Bool
    /// How long the command may run.
    public var timeout: Duration

    /// `helm upgrade RELEASE CHART --install`: installs the release, or brings an existing one to these values.
    public static func upgrade(
        release: String,
        namespace: String,
        chart: ChartReference,
        values: JSONValue,
        timeout: Duration
    ) -> HelmCommand {
        let arguments =
            ["upgrade", release] + chart.arguments
            + ["--install", "--namespace", namespace, "--repository-config", "", "--history-max", "10"]
            + ["--timeout", "\(timeout.components.seconds)s"]
        return HelmCommand(arguments: arguments, values: values, needsCluster: true, timeout: timeout)
    }

    /// `helm uninstall RELEASE`.
    public static func uninstall(release: String, namespace: String, timeout: Duration) -> HelmCommand {
        HelmCommand(
            arguments: ["uninstall", release, "--namespace", namespace, "--repository-config", ""],
            needsCluster: true,
            timeout: timeout
        )
    }

    /// `helm rollback RELEASE REVISION`: brings back a revision that was deployed, without waiting.
    public static func rollback(release: String, namespace: String, revision: Int, timeout: Duration) -> HelmCommand {
        HelmCommand(
            arguments: ["rollback", release, "\(revision)", "--namespace", namespace, "--repository-config", ""],
            needsCluster: true,
            timeout: timeout
        )
    }

    /// `helm list -A -o json` in every state, pending and failed ones included.
    public static func list(maximum: Int, timeout: Duration) -> HelmCommand {
        HelmCommand(
            arguments: [
                "list", "--all-namespaces", "--deployed", "--failed", "--pending", "--output", "json", "--max",
                "\(maximum)",
            ]
                + ["--repository-config", ""],
            needsCluster: true,
            timeout: timeout
        )
    }

    /// `helm get values RELEASE -o json`: what was given to helm, without the chart's defaults.
    public static func values(release: String, namespace: String, timeout: Duration) -> HelmCommand {
        HelmCommand(
            arguments: ["get", "values", release, "--namespace", namespace, "--output", "json"]
                + ["--repository-config", ""],
            needsCluster: true,
            timeout: timeout
        )
    }

    /// `helm show chart CHART`: the chart's `Chart.yaml`.
    public static func showChart(_ chart: ChartReference, timeout: Duration) -> HelmCommand {
        HelmCommand(
            arguments: ["show", "chart"] + chart.arguments + ["--repository-config", ""],
            needsCluster: false,
            timeout: timeout
        )
    }

    /// `helm version --short`, which prints a version such as `v3.14.2+gc309b6f`.
    public static func version(timeout: Duration) -> HelmCommand {
        HelmCommand(arguments: ["version", "--short"], needsCluster: false, timeout: timeout)
    }

    init(arguments: [String], values: JSONValue? = nil, needsCluster: Bool, timeout: Duration) {
        self.arguments = arguments
        self.values = values
        self.needsCluster = needsCluster
        self.timeout = timeout
    }
}
