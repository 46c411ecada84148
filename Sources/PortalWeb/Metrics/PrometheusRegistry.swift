public import CoreMetrics
import Synchronization

/// The metrics of the process in the text format of Prometheus (exposition format 0.0.4).
///
/// A backend of swift-metrics: counters become counters, timers and recorders histograms, gauges and meters
/// gauges. The executable bootstraps `MetricsSystem` with the registry it gives to `PortalApplication`, so that
/// every library's metrics are in one answer.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// Series of all families together.
    ///
    /// Beyond it a new series is measured and not shown, so that a label with
    /// an unbounded set of values cannot eat the memory.
    public static let seriesMax = 5_000

    private let families = Mutex(Families())

    /// An empty registry.
    public init() {}

    /// Sets the text of the `HELP` line of a metric.
    public func describe(_ label: String, _ help: String) {
        families.withLock { $0.helps[PrometheusText.name(label)] = help }
    }

    /// Everything as text, families and series in a stable order.
    public func encoded(_ extra: [PrometheusSample] = []) -> String {
        let (all, helps) = families.withLock { ($0.series, $0.helps) }
        var text = PrometheusText()
        for family in all.keys.sorted() {
            guard let series = all[family], let kind = series.first?.value.kind else { continue }
            text.begin(family, kind: kind, help: helps[family])
            for labels in series.keys.sorted() { series[labels]?.write(family: family, labels: labels, to: &text) }
        }
        for sample in extra { text.append(sample) }
        return text.result
    }

    /// A counter that only grows.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, kind: .counter) { PrometheusValue(kind: .counter) }
    }

    /// A distribution, or with `aggregate: false` a gauge.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions, kind: .gauge) { PrometheusValue(kind: .gauge) } }
        return series(label, dimensions, kind: .histogram) { PrometheusHistogram() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, kind: .gauge) { PrometheusValue(kind: .gauge) }
    }

    /// A distribution of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, kind: .histogram) { PrometheusHistogram() }
    }

    /// Keeps the series: a Prometheus counter must not vanish while the process lives.
    public func destroyCounter(_ handler: any CounterHandler) {}

    /// Keeps the series.
    public func destroyRecorder(_ handler: any RecorderHandler) {}

    /// Keeps the series.
    public func destroyMeter(_ handler: any MeterHandler) {}

    /// Keeps the series.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series<Handler: PrometheusSeries>(
        _ label: String,
        _ dimensions: [(String, String)],
        kind: PrometheusKind,
        make: () -> Handler
    ) -> Handler {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return families.withLock { families in
            if let found = families.series[name]?[labels] as? Handler { return found }
            let made = make()
            // A family has one type; a second use of the name with another is not shown.
            let isSameKind = families.series[name]?.first.map { $0.value.kind == kind } ?? true
            guard isSameKind, families.count < Self.seriesMax else { return made }
            families.series[name, default: [:]][labels] = made
            families.count += 1
            return made
        }
    }

    private struct Families: Sendable {
        var series: [String: [String: any PrometheusSeries]] = [:]
        var helps: [String: String] = [:]
        var count = 0
    }
}
