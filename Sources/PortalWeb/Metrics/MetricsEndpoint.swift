import HTTPCore
import HTTPServer
import Portal

/// The metrics of the process: `/metrics`.
enum MetricsEndpoint {
    static func register(on router: inout Router) {
        router.on(.get, .metrics, access: .anyone) { context in
            let environment = context.environment
            var samples = ProcessUsage()?.samples ?? []
            samples.append(
                PrometheusSample(
                    "portal_event_streams_open",
                    .gauge,
                    "Open streams of server-sent events.",
                    Double(environment.eventStreams.openCount)
                )
            )
            for source in environment.metricSources { samples += await source.read() }
            var response = HTTPResponse(status: .ok, body: .bytes(Array(environment.metrics.encoded(samples).utf8)))
            response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            return response
        }
    }
}
