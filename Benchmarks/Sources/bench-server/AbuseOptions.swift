import ArgumentParser
import HTTPCore
import HTTPServer

/// Lowered limits and further routes for `make abuse`, so that a run of seconds reaches them.
struct AbuseOptions: ParsableArguments {
    @Flag(help: "Serve the routes that abuse aims at: /large, /stream, /hold, /throw, /upload.")
    var abuseRoutes = false

    @Option(help: "Seconds for a request head.")
    var headerSeconds: Double?

    @Option(help: "Seconds that a client may pause in content and in taking a response.")
    var transferSeconds: Double?

    @Option(help: "Seconds between two requests.")
    var idleSeconds: Double?

    @Option(help: "Connections served at the same time.")
    var connectionsMax: Int?

    @Option(help: "Handlers that run at the same time; /plaintext is exempt.")
    var requestsInFlightMax: Int?

    @Option(help: "Bytes of all connection buffers.")
    var bufferBytesMax: Int?

    /// Applies what was given.
    func apply(to configuration: inout HTTPServerConfiguration) {
        if let headerSeconds { configuration.timeouts.header = .seconds(headerSeconds) }
        if let transferSeconds {
            configuration.timeouts.body = .seconds(transferSeconds)
            configuration.timeouts.write = .seconds(transferSeconds)
        }
        if let idleSeconds { configuration.timeouts.idle = .seconds(idleSeconds) }
        if let connectionsMax { configuration.limits.connectionsMax = connectionsMax }
        if let requestsInFlightMax {
            configuration.limits.requestsInFlightMax = requestsInFlightMax
            configuration.servesUnderOverload = { $0.path == "/plaintext" }
        }
        if let bufferBytesMax { configuration.limits.bufferBytesMax = bufferBytesMax }
    }

    private struct Broken: Error {}

    private static let large = [UInt8](repeating: 0x61, count: 1 << 20)

    /// Answers the routes of ``abuseRoutes``; 404 for others.
    func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        guard abuseRoutes else { return HTTPResponse(status: .notFound) }
        switch request.path {
        case "/large":
            // A copy of its own a request, as a rendered page is.
            return .bytes(Self.large + [0x0A], contentType: "text/plain")
        case "/stream":
            return HTTPResponse(
                body: .stream { writer in
                    for _ in 0..<100 { try await writer.write([UInt8](repeating: 0x62, count: 10_000)) }
                }
            )
        case "/hold":
            try await Task.sleep(for: .milliseconds(500))
            return .text("held")
        case "/throw":
            throw Broken()
        case "/upload":
            return .text("\(try await request.body.collect(upTo: 4 << 20).count)")
        default:
            return HTTPResponse(status: .notFound)
        }
    }
}
