import ArgumentParser
import Portal

/// `vcluster-portal token create`: an API token for an account, for scripts that cannot sign in.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Manages API tokens from the command line.",
        subcommands: [Create.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a token and shows it, once.")

        @Option(help: "The e-mail address of the account.")
        var email: String

        @Option(help: "What the token is for.")
        var name: String

        @Option(help: "Days until it expires.")
        var days = 90

        func run() async throws {
            try await Runtime.with { runtime in
                let made = try await runtime.services.identity.createToken(
                    name: name,
                    lifetime: .seconds(days * 86_400),
                    forUser: email,
                    as: .system("token create")
                )
                Console.write(made.secret)
            }
        }
    }
}
