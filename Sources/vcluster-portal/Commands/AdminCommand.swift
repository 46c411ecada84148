import ArgumentParser
import Foundation
import Portal

/// `vcluster-portal admin create`: the first account, and the way back in.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Manages administrators from the command line.",
        subcommands: [Create.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates an administrator of the whole organization.",
            discussion: "The password is read from PORTAL_ADMIN_PASSWORD or, without it, from standard input."
        )

        @Option(help: "The e-mail address to sign in with.")
        var email: String

        @Option(help: "The name shown to others.")
        var name = "Administrator"

        @Option(help: "The name of the organization, if there is none yet.")
        var organization = "Organization"

        func run() async throws {
            let password = try Self.readPassword()
            try await Runtime.with { runtime in
                let user = try await runtime.services.identity.createFirstAdmin(
                    email: email,
                    password: password,
                    name: name,
                    organization: organization
                )
                Console.write("Created the administrator \(user.email).")
            }
        }

        private static func readPassword() throws -> String {
            if let password = ProcessInfo.processInfo.environment["PORTAL_ADMIN_PASSWORD"] { return password }
            FileHandle.standardError.write(Data("Password: ".utf8))
            guard let password = readLine(strippingNewline: true), !password.isEmpty else {
                throw ValidationError("no password: set PORTAL_ADMIN_PASSWORD or type one")
            }
            return password
        }
    }
}
