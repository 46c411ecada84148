import Foundation
import JSON
import Kubernetes

/// One revision of a release, from the labels of the secret that Helm stores it in.
///
/// Source: Helm's secrets storage driver: type `helm.sh/release.v1`, labels `owner name status version modifiedAt`.
struct HelmRevision: Sendable, Equatable {
    let release: String
    let number: Int
    let status: String
    /// Seconds since 1970 of the last change of its state; nil when Helm did not say.
    let modifiedAtSeconds: Int64?

    init?(secret: KubernetesObject) {
        guard let release = secret.labels["name"], let status = secret.labels["status"],
            let number = secret.labels["version"].flatMap({ Int($0) })
        else { return nil }
        self.release = release
        self.number = number
        self.status = status
        let created = secret.creationTimestamp.map { Int64($0.timeIntervalSince1970) }
        modifiedAtSeconds = secret.labels["modifiedAt"].flatMap { Int64($0) } ?? created
    }

    var isPending: Bool { status.hasPrefix("pending-") }
}

/// One line of `helm list -o json`.
struct HelmListEntry: Sendable, Equatable {
    let name: String
    let namespace: String
    let status: String
    /// Chart and version in one: `vcluster-0.30.0`.
    let chart: String

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let namespace = json["namespace"]?.string,
            let chart = json["chart"]?.string
        else { return nil }
        self.name = name
        self.namespace = namespace
        self.chart = chart
        status = json["status"]?.string ?? ""
    }

    /// The version, when the chart is one of vcluster's.
    ///
    /// Before 0.20 there was a chart for each distribution: `vcluster-k8s-0.19.7`.
    var vclusterVersion: String? {
        guard chart.hasPrefix("vcluster-") else { return nil }
        let rest = chart.dropFirst("vcluster-".count)
        let names = ["k8s-", "k0s-", "eks-"]
        let version = names.first { rest.hasPrefix($0) }.map { rest.dropFirst($0.count) } ?? rest
        return ReleaseVersion(String(version)).map { _ in String(version) }
    }
}
