import ArgumentParser
import FoundationEssentials
import Portal

/// `vcluster-portal demo`: an organization to try everything with; run again, it changes nothing.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Fills an empty database with the organization Acme, its quotas and vclusters on simulated hosts."
    )

    @Flag(help: "Leave out the vclusters.")
    var withoutVclusters = false

    func run() async throws {
        try await Runtime.with { runtime in
            try await runtime.requireMigrated()
            let organization = try await DemoOrganization.ensure(runtime.services)
            let hosts = try await DemoHosts.ensure(runtime.services)
            let templates = try await DemoTemplates.ensure(runtime.services)
            if !withoutVclusters {
                try await DemoVClusters(
                    services: runtime.services,
                    teams: organization,
                    hosts: hosts,
                    templates: templates
                ).ensure()
                try await DemoQuotas(services: runtime.services, teams: organization).ensure(at: Date())
                try await DemoApprovals(services: runtime.services, teams: organization, templates: templates).ensure()
            }
        }
    }
}
