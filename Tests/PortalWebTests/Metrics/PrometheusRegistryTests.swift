import CoreMetrics
import Metrics
import Testing

@testable import PortalWeb

struct PrometheusRegistryTests {
    @Test func encoded_writesCountersWithSortedLabels() {
        let registry = PrometheusRegistry()
        registry.describe("jobs_total", "Jobs.\nAll of them.")

        Counter(label: "jobs_total", dimensions: [("z", "1"), ("a", "x\"y\\z\n")], factory: registry).increment(by: 3)
        Counter(label: "jobs_total", dimensions: [("a", "x\"y\\z\n"), ("z", "1")], factory: registry).increment()

        #expect(
            registry.encoded() == """
                # HELP jobs_total Jobs.\\nAll of them.
                # TYPE jobs_total counter
                jobs_total{a="x\\"y\\\\z\\n",z="1"} 4

                """
        )
    }

    @Test func encoded_writesTimersAsCumulativeSeconds() {
        let registry = PrometheusRegistry()

        let timer = Timer(label: "call.time", dimensions: [], factory: registry)
        timer.recordNanoseconds(15_000_000)
        timer.recordNanoseconds(20_000_000)
        timer.recordNanoseconds(60_000_000_000)

        let text = registry.encoded()
        #expect(text.contains("# TYPE call_time histogram"))
        #expect(text.contains("call_time_bucket{le=\"0.01\"} 0\n"))
        #expect(text.contains("call_time_bucket{le=\"0.02\"} 2\n"))
        #expect(text.contains("call_time_bucket{le=\"10\"} 2\n"))
        #expect(text.contains("call_time_bucket{le=\"+Inf\"} 3\n"))
        #expect(text.contains("call_time_sum 60.035\n"))
        #expect(text.contains("call_time_count 3\n"))
    }

    @Test func encoded_keepsTheLastValueOfGauges() {
        let registry = PrometheusRegistry()

        Gauge(label: "9lives", dimensions: [], factory: registry).record(9)
        Meter(label: "level", dimensions: [], factory: registry).set(2.5)

        #expect(registry.encoded().contains("_9lives 9\n"))
        #expect(registry.encoded().contains("level 2.5\n"))
    }

    @Test func series_areBounded() {
        let registry = PrometheusRegistry()

        for index in 0..<(PrometheusRegistry.seriesMax + 10) {
            Counter(label: "many", dimensions: [("n", String(index))], factory: registry).increment()
        }

        let lines = registry.encoded().split(separator: "\n").count
        #expect(lines == PrometheusRegistry.seriesMax + 1)
    }

    @Test func series_ofAnotherTypeUnderTheSameNameAreNotShown() {
        let registry = PrometheusRegistry()

        Counter(label: "x", dimensions: [], factory: registry).increment()
        Gauge(label: "x", dimensions: [("a", "b")], factory: registry).record(7)

        #expect(registry.encoded() == "# TYPE x counter\nx 1\n")
    }
}
