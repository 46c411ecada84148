import Foundation
import Logging
import Portal
import Testing

@testable import PortalHosts

struct PortalHostDriversTests {
    private static let kubeconfig = """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: u, user: {token: x}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """

    private func drivers(_ limits: HostLimits = HostLimits()) throws -> PortalHostDrivers {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return PortalHostDrivers(schema: try ProjectFiles.chartSchema(), simulated: nil, limits: limits, logger: logger)
    }

    private func host(_ settings: HelmHostSettings = .init(), id: HostID = HostID(), version: Int64 = 1) -> Portal.Host
    {
        Portal.Host(
            id: id,
            name: "berlin",
            settings: .helm(settings),
            hasCredentials: true,
            version: version,
            createdAt: Date(timeIntervalSince1970: 0),
            updatedAt: Date(timeIntervalSince1970: 0)
        )
    }

    private func error(_ body: () async throws -> Void) async -> HostError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? HostError
        }
    }

    private func helm(_ driver: any HostDriver) throws -> HelmDriver { try #require(driver as? HelmDriver) }

    @Test func driver_isKeptUntilTheHostChanges() async throws {
        let drivers = try drivers()
        let id = HostID()
        let first = try helm(await drivers.driver(for: host(id: id), credentials: Self.kubeconfig))
        let second = try helm(await drivers.driver(for: host(id: id), credentials: Self.kubeconfig))
        let changed = try helm(await drivers.driver(for: host(id: id, version: 2), credentials: Self.kubeconfig))

        #expect(first.cluster.client === second.cluster.client)
        #expect(first.cluster.client !== changed.cluster.client)
        // The replaced client is closed, which callers may repeat with the new driver.
        let late = await error { _ = try await first.capacity() }
        #expect(late?.isTransient == true)
        await drivers.close()
    }

    @Test func driver_staysWithinItsBound() async throws {
        var limits = HostLimits()
        limits.cachedDriversMax = 2
        let drivers = try drivers(limits)
        let ids = (0..<3).map { _ in HostID() }
        for id in ids { _ = try await drivers.driver(for: host(id: id), credentials: Self.kubeconfig) }

        let kept = try helm(await drivers.driver(for: host(id: ids[2]), credentials: Self.kubeconfig))
        let again = try helm(await drivers.driver(for: host(id: ids[2]), credentials: Self.kubeconfig))

        #expect(kept.cluster.client === again.cluster.client)
        await drivers.close()
    }

    @Test func driver_refusesHostsWithoutCredentials() async throws {
        let drivers = try drivers()

        let found = await error { _ = try await drivers.driver(for: host(), credentials: nil) }

        #expect(found?.reason == .credentialsRejected)
    }

    /// A kubeconfig is uploaded by a person; it must not make the portal read its own files or start programs.
    @Test(arguments: [
        ("clusters: []", "contexts"), ("not yaml: [", ""),
        (kubeconfig.replacing("{token: x}", with: "{tokenFile: /etc/passwd}"), "tokenFile"),
        (
            kubeconfig.replacing(
                "{token: x}",
                with: "{exec: {command: id, apiVersion: client.authentication.k8s.io/v1}}"
            ), "exec"
        ),
        (kubeconfig.replacing("server:", with: "certificate-authority: /etc/passwd, server:"), "certificate-authority"),
    ])
    func driver_refusesKubeconfigsThatItCannotTrust(yaml: String, part: String) async throws {
        let drivers = try drivers()

        let found = await error { _ = try await drivers.driver(for: host(), credentials: yaml) }

        #expect(found?.reason == .credentialsRejected)
        #expect(found?.isTransient == false)
    }

    @Test func driver_refusesAnUnknownContext() async throws {
        var settings = HelmHostSettings()
        settings.kubeContext = "elsewhere"
        let drivers = try drivers()

        let found = await error { _ = try await drivers.driver(for: host(settings), credentials: Self.kubeconfig) }

        #expect(found?.message.contains("elsewhere") == true)
    }

    @Test func driver_mapsAnUnreachableHost() async throws {
        let drivers = try drivers()
        var settings = HelmHostSettings()
        settings.requestTimeoutSeconds = 1
        let driver = try await drivers.driver(for: host(settings), credentials: Self.kubeconfig)

        let found = await error { _ = try await driver.observe(VClusterTarget.make()) }

        #expect(found?.reason == .hostUnreachable)
        #expect(found?.isTransient == true)
        #expect(found?.message.contains("berlin") == true)
        await drivers.close()
    }
}
