import ArgumentParser
import Hummingbird

/// Hummingbird, as its documentation shows it, with the routes that all programs here answer.
@main
struct BenchHummingbird: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-hummingbird")

    @Option(help: "Port on the loopback address.")
    var port = 8080

    func run() async throws {
        let router = Router()
        router.get("plaintext") { _, _ in "Hello, World!" }
        router.get("json") { _, _ in VCluster(id: "vc-0001") }
        router.get("vclusters/:id") { _, context in VCluster(id: try context.parameters.require("id")) }
        router.post("echo-json") { request, context in
            try await request.decode(as: VCluster.self, context: context)
        }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port))
        )
        try await application.runService()
    }
}
