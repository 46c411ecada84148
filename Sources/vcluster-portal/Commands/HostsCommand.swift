import ArgumentParser
import Portal

/// `vcluster-portal hosts rotate-credentials`.
struct HostsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts",
        abstract: "Manages hosts from the command line.",
        subcommands: [RotateCredentials.self]
    )

    struct RotateCredentials: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Encrypts all stored credentials with the first key of PORTAL_ENCRYPTION_KEYS."
        )

        func run() async throws {
            try await Runtime.with { runtime in
                let count = try await runtime.services.hosts.rotateCredentials(as: .system("rotate-credentials"))
                Console.write("Encrypted the credentials of \(count) hosts anew.")
            }
        }
    }
}
