import Foundation
import JSON
import Kubernetes
public import Portal

extension HelmDriver {
    /// The oldest helm that knows what the driver asks of it.
    static let helmVersionMin = ReleaseVersion(3, 10)
    /// The oldest host API that the driver was tried with.
    static let kubernetesVersionMin = ReleaseVersion(1, 20)

    /// Reads versions and the permissions that the portal needs.
    ///
    /// - Throws: `HostError` when the host does not answer or refuses the credentials, or helm cannot be started.
    ///   What will stop some vclusters only is a warning.
    public func check() async throws -> HostCheck {
        let version: KubernetesVersion
        do {
            version = try await cluster.client.version()
        } catch {
            throw cluster.explain(error)
        }
        var warnings: [String] = []
        if ReleaseVersion(version.gitVersion).map({ $0 < Self.kubernetesVersionMin }) ?? false {
            warnings.append("Kubernetes \(version.gitVersion) is older than \(Self.kubernetesVersionMin).")
        }
        let helmVersion = try await checkHelm(&warnings)
        warnings += try await permissionWarnings()
        warnings += try await storageWarnings()
        await checkChart(&warnings)
        return HostCheck(kubernetesVersion: version.gitVersion, helmVersion: helmVersion, warnings: warnings)
    }

    private var hostClassifier: HelmErrorClassifier {
        HelmErrorClassifier(subject: HelmErrorClassifier.Subject(host: hostName, chart: settings.chart))
    }

    private func checkHelm(_ warnings: inout [String]) async throws -> String {
        let output: HelmRunner.Output
        do {
            output = try await run(.version(timeout: limits.helmReadTimeout))
        } catch let error as HelmError {
            throw hostClassifier.classify(error).error
        }
        let text = output.text.trimmingCharacters(in: .whitespacesAndNewlines)
        let version = text.split(separator: "+").first.map(String.init) ?? text
        if ReleaseVersion(text).map({ $0 < Self.helmVersionMin }) ?? true {
            warnings.append("Helm \(version) is not \(Self.helmVersionMin) or newer.")
        }
        return version
    }

    private func permissionWarnings() async throws -> [String] {
        let needed: [(verb: String, kind: ResourceKind)] = [
            ("create", .namespace), ("delete", .namespace), ("create", .statefulSet), ("patch", .statefulSet),
            ("create", .deployment), ("create", .service), ("create", .secret), ("get", .secret), ("list", .pod),
            ("create", .pod), ("delete", .pod), ("delete", .persistentVolumeClaim), ("create", .role),
            ("create", .roleBinding),
            ("create", .clusterRole), ("create", .resourceQuota), ("list", .node), ("list", .event),
        ]
        var missing: [String] = []
        for (verb, kind) in needed {
            do {
                let isAllowed = try await cluster.client.isAllowed(verb, kind)
                if !isAllowed { missing.append("\(verb) \(kind.plural)") }
            } catch {
                throw cluster.explain(error)
            }
        }
        if missing.isEmpty { return [] }
        return ["The portal's account may not: \(missing.joined(separator: ", "))."]
    }

    private func storageWarnings() async throws -> [String] {
        guard settings.storageClass == nil else { return [] }
        let key = "storageclass.kubernetes.io/is-default-class"
        do {
            let classes = try await cluster.list(.storageClass)
            if classes.contains(where: { $0.annotations[key] == "true" }) { return [] }
        } catch let error as HostError where error.reason == .permissionDenied {
            return []
        }
        return ["The host has no default storage class: set storageClass, or volumes stay pending."]
    }

    private func checkChart(_ warnings: inout [String]) async {
        let reference = ChartReference(settings: settings, spec: nil)
        do {
            let output = try await run(.showChart(reference, timeout: limits.helmReadTimeout))
            if let text = ChartInspector.version(inChartYAML: output.text), let version = ReleaseVersion(text),
                version < ReleaseVersion(0, 20), version != ReleaseVersion(0, 0, 1)
            {
                warnings.append("Chart \(text) is older than 0.20 and takes other values.")
            }
        } catch let error as HelmError {
            warnings.append(hostClassifier.classify(error).error.message)
        } catch {
            // A cancelled check throws at its next await; nothing else can end up here.
        }
    }

    /// Checks what only the chart knows: `helmValues` against its schema, and versions against its release.
    ///
    /// A chart on this machine brings its own schema; for others the one that ships with the portal counts.
    ///
    /// - Returns: Every problem found, paths as in the API (`spec.helmValues.…`); empty when the spec is fine.
    public func validate(_ spec: VClusterSpec) async throws -> [FieldError] {
        let reference = ChartReference(settings: settings, spec: spec)
        let facts = await chart.facts(of: reference)
        try Task.checkCancellation()
        // Names do not matter to the schema; these stand for those of the vcluster to come.
        let context = HelmValues.Context(settings: settings, release: "name", namespace: "namespace")
        var problems = ValuesValidator(schema: facts.schema, chartVersion: facts.version)
            .problems(of: spec, context: context)
        if reference.isPath, let wanted = spec.chartVersion, let version = facts.version, wanted != version {
            problems.append(
                FieldError(
                    field: "spec.chartVersion",
                    code: FieldErrorCode.conflict,
                    message: "Host \(hostName) has chart \(version) on disk. Leave chartVersion out."
                )
            )
        }
        return problems
    }

    /// Lists the vcluster releases of the host, ordered by namespace and name.
    public func releases() async throws -> [DiscoveredRelease] {
        let target = "helm list"
        let output: HelmRunner.Output
        do {
            output = try await run(.list(maximum: limits.releasesMax, timeout: limits.helmReadTimeout))
        } catch let error as HelmError {
            throw hostClassifier.classify(error).error
        }
        guard let entries = try? JSONValue(parsing: output.text).array else {
            throw HostError(.unknown, "Helm's list of releases on host \(hostName) could not be read.", detail: target)
        }
        var releases: [DiscoveredRelease] = []
        for entry in entries.compactMap(HelmListEntry.init) {
            guard let version = entry.vclusterVersion else { continue }
            releases.append(try await describe(entry, chartVersion: version))
        }
        return releases.sorted { ($0.namespace, $0.release) < ($1.namespace, $1.release) }
    }

    private func describe(_ entry: HelmListEntry, chartVersion: String) async throws -> DiscoveredRelease {
        var release = DiscoveredRelease(
            release: entry.name,
            namespace: entry.namespace,
            chartVersion: chartVersion
        )
        let selector = "app=vcluster,release=\(entry.name)"
        for kind in [ResourceKind.statefulSet, .deployment] {
            guard let object = try await cluster.list(kind, in: entry.namespace, labels: selector).first else {
                continue
            }
            let workload = Workload(object: object, kind: kind)
            release.kubernetesVersion = workload.kubernetesVersion
            release.isPaused = workload.isPaused
            release.replicas = workload.isPaused ? workload.pausedReplicas ?? 1 : workload.replicasDesired
            release.managedBy = workload.ownerID
            break
        }
        let command = HelmCommand.values(
            release: entry.name,
            namespace: entry.namespace,
            timeout: limits.helmReadTimeout
        )
        // A release whose values cannot be read can be adopted all the same; its next update brings the portal's.
        if let output = try? await run(command), let values = try? JSONValue(parsing: output.text).object {
            release.values = values
        }
        return release
    }
}
