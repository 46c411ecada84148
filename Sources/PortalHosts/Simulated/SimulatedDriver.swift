import Foundation
import JSON
public import Portal

/// A host that is not there: capacity, latency, failures and usage are made up, repeatably.
///
/// For the demo, for tests and for runs at a scale that no real host would carry. Everything that it says is marked as
/// simulated. Its memory is in the portal's database, so a restarted server and a second one see the same host.
public struct SimulatedDriver: HostDriver {
    let hostID: HostID
    let hostName: String
    let settings: SimulatedHostSettings
    let hosts: SimulatedHosts
    let chance: SimulatedChance

    /// Installs take so many calls' latency until the control plane is ready.
    static let installLatencies = 4.0
    /// Pauses, resumes and deletions take so many.
    static let changeLatencies = 2.0
    /// What a release remembers through installs: what people wrote inside, and its snapshots.
    static let memoriesKept = ["innerQuotas", "snapshots", "restoredFrom"]

    init(hostID: HostID, hostName: String, settings: SimulatedHostSettings, hosts: SimulatedHosts) {
        self.hostID = hostID
        self.hostName = hostName
        self.settings = settings
        self.hosts = hosts
        chance = SimulatedChance(seed: settings.seed)
    }

    var store: SimulatedReleaseStore { hosts.store }

    /// The latency of one call, half to one and a half of the configured mean.
    func latency() -> Duration {
        .milliseconds(Double(settings.latencyMilliseconds) * (0.5 + chance.next()))
    }

    /// When a change that starts now is complete.
    func readyAt(latencies: Double) -> Date {
        hosts.time.now().addingTimeInterval(Double(settings.latencyMilliseconds) * latencies / 1_000)
    }

    /// What every call begins with: its latency, and a host that may be down.
    ///
    /// - Parameter isChange: Only calls that change something fail by chance, as reads are repeated anyway.
    /// - Throws: `HostError` `.hostUnreachable`.
    func enter(isChange: Bool) async throws {
        if settings.latencyMilliseconds > 0 { try await hosts.sleep(latency()) }
        if settings.unreachable {
            throw HostError(
                .hostUnreachable,
                "The simulated host \(hostName) does not answer, as its setting unreachable asks for."
            )
        }
        guard isChange, settings.failureRate > 0, chance.next() < settings.failureRate else { return }
        throw HostError(
            .hostUnreachable,
            "The simulated host \(hostName) dropped the connection by chance, as its setting failureRate asks for.",
            isTransient: true
        )
    }

    /// The vcluster's own release; nil when there is none or it has gone by now.
    func release(of target: VClusterTarget) async throws -> SimulatedRelease? {
        guard let found = try await store.get(host: hostID, namespace: target.namespace) else { return nil }
        if found.state == .deleting, found.readyAt <= hosts.time.now() {
            try await store.delete(host: hostID, namespace: target.namespace)
            return nil
        }
        return found
    }

    /// The vcluster's own release, which has to be there.
    func ownRelease(of target: VClusterTarget) async throws -> SimulatedRelease {
        guard let found = try await release(of: target) else {
            throw HostError(
                .notFound,
                "The vcluster \(target.name) is not on the simulated host \(hostName). Retry to install it again."
            )
        }
        guard found.vclusterID == target.id else { throw conflict(target, with: found) }
        return found
    }

    func conflict(_ target: VClusterTarget, with release: SimulatedRelease) -> HostError {
        let owner = release.vclusterID.map { "to the vcluster \($0)" } ?? "to nobody the portal knows"
        return HostError(
            .releaseConflict,
            "Namespace \(target.namespace) on the simulated host \(hostName) belongs \(owner). Adopt its release, or"
                + " choose another name."
        )
    }

    static func say(_ text: String, to log: any OperationLog) async {
        await log.append("[simulated] \(text)")
    }
}

extension Duration {
    /// A duration of so many milliseconds and a fraction.
    fileprivate static func milliseconds(_ value: Double) -> Duration { .nanoseconds(Int64(value * 1_000_000)) }
}
