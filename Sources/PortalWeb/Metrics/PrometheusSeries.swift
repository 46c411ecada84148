import CoreMetrics
import Synchronization

/// The types of the exposition format that the portal uses.
public enum PrometheusKind: String, Sendable {
    case counter, gauge, histogram
}

/// One time series: a value or a distribution under one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    var kind: PrometheusKind { get }
    func write(family: String, labels: String, to text: inout PrometheusText)
}

/// A number that is counted or set.
final class PrometheusValue: PrometheusSeries, CounterHandler, RecorderHandler, MeterHandler {
    let kind: PrometheusKind
    private let value = Mutex(0.0)

    init(kind: PrometheusKind) {
        self.kind = kind
    }

    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func reset() { value.withLock { $0 = 0 } }
    func record(_ value: Int64) { self.value.withLock { $0 = Double(value) } }
    func record(_ value: Double) { self.value.withLock { $0 = value } }
    func set(_ value: Int64) { self.value.withLock { $0 = Double(value) } }
    func set(_ value: Double) { self.value.withLock { $0 = value } }

    func write(family: String, labels: String, to text: inout PrometheusText) {
        text.line(family, labels, value.withLock { $0 })
    }
}

/// A distribution in fixed buckets.
///
/// Timers are written in seconds, the base unit Prometheus asks for.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    let kind = PrometheusKind.histogram

    /// From 1 ms to 10 s, with a bound at the 20 ms the lists are held to.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))

    private struct State: Sendable {
        var counts: [UInt64]
        var sum = 0.0
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func write(family: String, labels: String, to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var total: UInt64 = 0
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < Self.bounds.count ? PrometheusText.number(Self.bounds[index]) : "+Inf"
            let separator = labels.isEmpty ? "" : ","
            text.line(family + "_bucket", labels + separator + "le=\"\(bound)\"", Double(total))
        }
        text.line(family + "_sum", labels, state.sum)
        text.line(family + "_count", labels, Double(total))
    }
}
