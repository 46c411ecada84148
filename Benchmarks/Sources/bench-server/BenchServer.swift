import ArgumentParser
import EventLoop
import HTTPCore
import HTTPServer
import JSON
import Logging
import ServiceLifecycle
import UnixSignals

/// The product's own server and JSON with the routes that all programs here answer.
@main
struct BenchServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-server")

    @Option(help: "Port on the loopback address.")
    var port: UInt16 = 8080

    @Option(help: "Event loops; 0 takes one a core.")
    var loops = 0

    @Option(parsing: .upToNextOption, help: "Speaks HTTPS: PEM files of the chain and the key of each certificate.")
    var tls: [String] = []

    func validate() throws {
        if !tls.count.isMultiple(of: 2) { throw ValidationError("--tls takes two files each: chain and key") }
    }

    @OptionGroup var abuse: AbuseOptions

    func run() async throws {
        let group = try EventLoopGroup(loops: loops == 0 ? EventLoopGroup.coreCount : loops)
        var configuration = HTTPServerConfiguration(host: "127.0.0.1", port: port)
        configuration.limits.connectionsMax = 20_000
        configuration.limits.connectionsPerAddressMax = 20_000
        configuration.limits.requestsPerConnectionMax = .max
        // The measurement of idle connections takes longer than a client may idle by default.
        configuration.timeouts.idle = .seconds(600)
        if !tls.isEmpty {
            let certificates = stride(from: 0, to: tls.count, by: 2).map {
                TLSConfiguration.Certificate(chainPath: tls[$0], keyPath: tls[$0 + 1])
            }
            configuration.listeners[0].tls = try TLSContext(TLSConfiguration(certificates: certificates))
        }
        abuse.apply(to: &configuration)
        configuration.takeOver(.ofThisProcess)
        let abuse = abuse
        let logger = Logger(label: "bench")
        let server = HTTPServer(
            configuration: configuration,
            group: group,
            logger: logger,
            handler: { request in try await respond(to: request, abuse) }
        )
        let restart = HTTPServerRestart(
            of: server,
            on: await UnixSignalsSequence(trapping: .sigusr2),
            loop: group.loops[0],
            logger: logger
        )
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server),
                    .init(service: restart, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await services.run()
        await group.shutdown()
    }
}

private func respond(to request: HTTPRequest, _ abuse: AbuseOptions) async throws -> HTTPResponse {
    switch request.path {
    case "/plaintext":
        return .text("Hello, World!")
    case "/json":
        return .json(VCluster.sample("vc-0001").json.encoded())
    case "/page":
        return .bytes(Page.bytes, contentType: "text/html; charset=utf-8")
    case "/echo-json":
        let content = try await request.body.collect(upTo: 64 * 1024)
        return .json(try VCluster(json: JSONValue(parsing: content)).json.encoded())
    default:
        let segments = request.head.target.segments
        guard segments.count == 2, segments[0] == "vclusters" else {
            return try await abuse.respond(to: request)
        }
        return .json(VCluster.sample(segments[1]).json.encoded())
    }
}
