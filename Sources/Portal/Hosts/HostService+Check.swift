import FoundationEssentials
import Postgres

extension HostService {
    /// Tries the connection to a host and stores what was found.
    ///
    /// A host that does not answer is a finding, not an error: the returned host is `.failed` and says why.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`, `.notFound`, `.conflict` when the host was changed
    ///   during the check; `PostgresError`.
    public func checkConnection(_ id: HostID, as caller: Caller) async throws -> Host {
        try caller.require(.hostsManage)
        let host = try await Self.find(HostQueries.byID(id), in: database.as(caller))
        let finding = await finding(of: host)
        let update = HostQueries.updateState(id, version: host.version, to: finding, at: time.now())
        guard let row = try await database.as(caller).query(update).first else {
            throw PortalError(.conflict, "The host was changed during the check. Check it again.")
        }
        return try Host(row: row)
    }

    private func finding(of host: Host) async -> HostFinding {
        do {
            let check = try await check(host)
            return HostFinding(
                state: check.warnings.isEmpty ? .ready : .degraded,
                message: check.warnings.joined(separator: "\n"),
                kubernetesVersion: check.kubernetesVersion,
                helmVersion: check.helmVersion
            )
        } catch let error as HostError {
            return HostFinding(state: .failed, message: error.message)
        } catch {
            return HostFinding(state: .failed, message: PortalError(wrapping: error).message)
        }
    }

    private func check(_ host: Host) async throws -> HostCheck {
        let timeout = limits.hosts.checkTimeout
        return try await withThrowingTaskGroup(of: HostCheck.self) { group in
            group.addTask { try await driver(for: host).check() }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HostError(
                    .timeout,
                    "The host did not answer within \(timeout.components.seconds) seconds. Check its address and whether "
                        + "a firewall is between it and the portal."
                )
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
