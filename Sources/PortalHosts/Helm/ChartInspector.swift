import Foundation
import JSON
import Portal
import Yams

/// Reads a chart's version and schema, and remembers them for a while.
actor ChartInspector {
    /// What is known about a chart.
    struct Facts: Sendable {
        /// Version from `Chart.yaml`; nil when it could not be read.
        let version: String?
        /// Schema that the chart's values have to satisfy.
        let schema: ChartSchema
    }

    private struct Entry {
        let facts: Facts
        let readAt: ContinuousClock.Instant
    }

    private let helm: HelmRunner
    private let bundled: ChartSchema
    private let limits: HostLimits
    private var entries: [ChartReference: Entry] = [:]

    init(helm: HelmRunner, bundled: ChartSchema, limits: HostLimits) {
        self.helm = helm
        self.bundled = bundled
        self.limits = limits
    }

    /// What is known about a chart; a chart that cannot be read has no version and the portal's own schema.
    ///
    /// A chart that is missing is no reason to refuse a spec: the install step says so, where it can be retried.
    func facts(of chart: ChartReference) async -> Facts {
        let now = ContinuousClock.now
        if let entry = entries[chart], entry.readAt.duration(to: now) < limits.chartVersionLifetime {
            return entry.facts
        }
        let facts = await read(chart)
        // An unread chart is asked again at the next call: the network may be back.
        if facts.version != nil {
            if entries.count >= limits.cachedChartsMax { entries.removeAll() }
            entries[chart] = Entry(facts: facts, readAt: now)
        }
        return facts
    }

    private func read(_ chart: ChartReference) async -> Facts {
        guard chart.isDirectory else {
            // A wanted version is the version; asking for it would only cost a download.
            if !chart.isPath, let version = chart.version { return Facts(version: version, schema: bundled) }
            let output = try? await helm.run(.showChart(chart, timeout: limits.helmReadTimeout))
            return Facts(version: output.flatMap { Self.version(inChartYAML: $0.text) }, schema: bundled)
        }
        let text = FileManager.default.contents(atPath: "\(chart.chart)/Chart.yaml")
        let version = text.flatMap { Self.version(inChartYAML: String(decoding: $0, as: UTF8.self)) }
        let schema = try? ChartSchema.load(path: "\(chart.chart)/values.schema.json", limits: limits)
        return Facts(version: version, schema: schema ?? bundled)
    }

    /// The member `version` of a `Chart.yaml`, without `v`.
    static func version(inChartYAML text: String) -> String? {
        guard let version = (try? Yams.compose(yaml: text))?.mapping?["version"]?.string else { return nil }
        return version.hasPrefix("v") ? String(version.dropFirst()) : version
    }
}
