import CoreMetrics
import HTTPCore
import HTTPServer
import Metrics
import Synchronization

/// How many requests were answered how, and how long it took.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let pattern: RoutePattern?
        let method: String
        let status: Int
    }

    private let factory: PrometheusRegistry
    private let counters = Mutex<[Key: Counter]>([:])
    private let timers = Mutex<[RoutePattern?: Timer]>([:])

    init(factory: PrometheusRegistry) {
        self.factory = factory
        factory.describe("http_requests_total", "Answered requests by route, method and status.")
        factory.describe(
            "http_request_duration_seconds",
            "Time from the parsed request to the finished response, without sending it."
        )
    }

    /// Counts one answer.
    ///
    /// The labels come from closed sets: unknown paths share one route and unknown methods one name, so that a
    /// scanner cannot fill the memory with series.
    func record(_ context: RequestContext, status: Int, duration: Duration) {
        let method = context.request.method.rawValue
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        let key = Key(pattern: context.pattern, method: known.contains(method) ? method : "other", status: status)
        counter(key).increment()
        let (seconds, attoseconds) = duration.components
        timer(context.pattern).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func counter(_ key: Key) -> Counter {
        counters.withLock { counters in
            if let known = counters[key] { return known }
            let made = Counter(
                label: "http_requests_total",
                dimensions: [
                    ("route", key.pattern?.rawValue ?? "unknown"), ("method", key.method),
                    ("status", String(key.status)),
                ],
                factory: factory
            )
            counters[key] = made
            return made
        }
    }

    private func timer(_ pattern: RoutePattern?) -> Timer {
        timers.withLock { timers in
            if let known = timers[pattern] { return known }
            let made = Timer(
                label: "http_request_duration_seconds",
                dimensions: [("route", pattern?.rawValue ?? "unknown")],
                factory: factory
            )
            timers[pattern] = made
            return made
        }
    }
}
