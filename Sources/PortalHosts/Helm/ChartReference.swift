import Foundation
public import Portal

/// Where a chart comes from, in the forms that helm takes.
public struct ChartReference: Sendable, Hashable {
    /// A name in `repository`, an `oci://` or archive URL, or the path of a directory or a `.tgz`.
    public var chart: String
    /// URL of a chart repository for a chart given by name; nil means the public one of the vcluster project.
    public var repository: String?
    /// Wanted chart version without `v`; nil takes the newest, or the one on disk.
    public var version: String?

    /// The chart repository of the vcluster project, which serves archives under a known path.
    static let publicRepository = "https://charts.loft.sh"

    /// Creates a reference from its parts.
    public init(chart: String, repository: String? = nil, version: String? = nil) {
        self.chart = chart
        self.repository = repository
        self.version = version
    }

    /// The chart that a host uses for a spec: the version of the spec, else that of the host.
    public init(settings: HelmHostSettings, spec: VClusterSpec?) {
        self.init(
            chart: settings.chart,
            repository: settings.chartRepository,
            version: spec?.chartVersion ?? settings.chartVersion
        )
    }

    /// Whether the chart is a file or directory of this machine; its version is then what it is.
    public var isPath: Bool { chart.hasPrefix("/") }

    /// Whether the chart is a directory of this machine, whose files can be read without helm.
    public var isDirectory: Bool {
        var isDirectory: ObjCBool = false
        return isPath && FileManager.default.fileExists(atPath: chart, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }

    /// The chart and what selects it, on helm's command line.
    ///
    /// A version in the public repository becomes the URL of the archive, as the vcluster CLI does it: that saves
    /// downloading an index of many megabytes.
    var arguments: [String] {
        if isPath { return [chart] }
        let selection = version.map { ["--version", $0] } ?? []
        if chart.contains("/") { return chart.hasSuffix(".tgz") ? [chart] : [chart] + selection }
        let repository = self.repository ?? Self.publicRepository
        if repository == Self.publicRepository, let version {
            return ["\(repository)/charts/\(chart)-\(version).tgz"]
        }
        return [chart, "--repo", repository] + selection
    }
}
