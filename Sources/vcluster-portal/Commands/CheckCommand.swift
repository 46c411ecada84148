import ArgumentParser
import HTTPServer
import Portal
import PortalHosts
import PortalOIDC
import PortalWeb
import Postgres

/// `vcluster-portal check`: everything that would keep the server from working, found before it starts.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks configuration, database, migrations, templates and helm."
    )

    func run() async throws {
        try await Runtime.with { runtime in
            var failures = 0
            func check(_ what: String, _ body: () async throws -> String) async {
                do {
                    Console.write("ok      \(what): \(try await body())")
                } catch {
                    failures += 1
                    Console.write("FAILED  \(what): \(error)")
                }
            }
            await check("database") {
                try await runtime.database.query("SHOW server_version").first?.decode("server_version") ?? "?"
            }
            await check("migrations") {
                try await runtime.requireMigrated()
                return "all applied"
            }
            await check("row-level security") {
                try await runtime.requireRowSecurity()
                return runtime.configuration.databaseAllowsSuperuser ? "not required" : "binds the server"
            }
            await check("templates and assets") {
                _ = try PortalApplication(
                    services: runtime.services,
                    configuration: WebConfiguration(
                        root: runtime.configuration.root,
                        publicURL: runtime.configuration.publicURL
                    ),
                    logger: runtime.logger
                )
                return "complete"
            }
            if let tls = runtime.configuration.http.tls {
                await check("TLS") {
                    _ = try TLSContext(tls)
                    return "\(tls.certificates.count) certificates with their keys"
                }
            }
            for provider in runtime.providers {
                await check("identity provider \(provider.settings.id)") { try await provider.probe() }
            }
            if !runtime.providers.isEmpty {
                await check("groups of identity providers") {
                    let missing = try await runtime.services.providers.missing()
                    return missing.isEmpty ? "each stands for a role" : missing.joined(separator: "; ")
                }
            }
            if let path = runtime.configuration.signIn.breachedPasswordsPath {
                await check("leaked passwords") { try BreachedPasswords(path: path).summary }
            }
            await check("helm") {
                try await HelmRunner(executable: runtime.configuration.helm).run(.version(timeout: .seconds(30))).text
            }
            if failures > 0 { throw ExitCode.failure }
        }
    }
}
