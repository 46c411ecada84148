import ArgumentParser

/// The server and its maintenance commands; all read the same environment variables.
@main
struct VClusterPortal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vcluster-portal",
        abstract: "Hands out virtual Kubernetes clusters under tenancy, with PostgreSQL as its only store.",
        discussion:
            "Configured by PORTAL_… environment variables; `vcluster-portal check` tells whether they are right.",
        version: PortalVersion.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, CheckCommand.self, AdminCommand.self, TokenCommand.self,
            HostsCommand.self, DemoCommand.self,
        ]
    )
}

/// The version that the server reports.
enum PortalVersion {
    static let current = "0.1.0"
}
