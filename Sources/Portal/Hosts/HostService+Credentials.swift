import FoundationEssentials
import JSON
import Postgres

extension HostService {
    /// The decrypted kubeconfig of a host; nil when none is stored.
    ///
    /// For the portal itself only.
    ///
    /// - Throws: `PortalError` `.forbidden` for anybody else, `.notFound`, `.unavailable` when its key is not in the ring;
    ///   `PostgresError`.
    public func credentials(for id: HostID, as caller: Caller) async throws -> String? {
        guard caller.isSystem else { throw PortalError.forbidden(.hostsManage) }
        return try await credentials(for: id)
    }

    /// The driver of a host, ready to be used.
    ///
    /// - Throws: `HostError` when settings or credentials cannot be used; `PortalError` `.unavailable` when the key of the
    ///   credentials is not in the ring; `PostgresError`.
    public func driver(for host: Host) async throws -> any HostDriver {
        let credentials = host.hasCredentials ? try await credentials(for: host.id) : nil
        return try await drivers.driver(for: host, credentials: credentials)
    }

    /// The driver of the host with an id, for the portal itself.
    ///
    /// - Throws: As `driver(for:)`; `PortalError` `.notFound`.
    public func driver(for id: HostID) async throws -> any HostDriver {
        try await driver(for: try await Self.find(HostQueries.byID(id), in: database.elevated(for: .hosts)))
    }

    /// Seals every stored kubeconfig and snapshot storage with the active key that is sealed with another.
    ///
    /// Safe to run at any time and on several servers; a host that is changed at the same moment is skipped, so run it
    /// until it returns 0.
    ///
    /// - Returns: How many were sealed anew.
    /// - Throws: `PortalError` `.forbidden` for anybody but the portal itself, `.unavailable` when a key is not in the
    ///   ring; `PostgresError`.
    public func rotateCredentials(as caller: Caller) async throws -> Int {
        guard caller.isSystem else { throw PortalError.forbidden(.hostsManage) }
        let now = time.now()
        let batch = 20
        var total = 0
        while true {
            let count = try await database.as(caller).transaction { transaction in
                let rows = try await transaction.query(
                    HostQueries.sealedWithOtherKey(than: secretBox.activeKeyID, rowsMax: batch)
                )
                var entries: [AuditEntry] = []
                for row in rows {
                    entries.append(try await rotate(row, in: transaction))
                }
                if !entries.isEmpty {
                    try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
                }
                return entries.count
            }
            total += count
            if count < batch { return total }
        }
    }

    /// Seals anew what a row of `sealedWithOtherKey` has.
    private func rotate(_ row: PostgresRow, in transaction: PortalTransaction) async throws -> AuditEntry {
        let id: HostID = try row.decode("host_id")
        var keyIDs: Set<String> = []
        if let sealed = try SealedSecret(row: row) {
            keyIDs.insert(sealed.keyID)
            let renewed = try secretBox.seal(try open(sealed, of: id), context: Self.context(id))
            try await transaction.execute(HostQueries.updateSealed(id, to: renewed))
        }
        if let sealed = try SealedSecret(snapshotStorage: row) {
            keyIDs.insert(sealed.keyID)
            let url = String(decoding: try open(sealed, in: Self.storageContext(id)), as: UTF8.self)
            let renewed = try seal(url, in: Self.storageContext(id))
            let address: String? = try row.decode("snapshot_storage")
            try await transaction.execute(HostQueries.updateSnapshotStorage(id, to: address, sealed: renewed))
        }
        let host = try await Self.find(HostQueries.byID(id), in: transaction)
        return AuditEntry(
            .hostRotateKey,
            of: .host(host),
            before: ["keyId": .string(keyIDs.sorted().joined(separator: ", "))],
            after: ["keyId": .string(secretBox.activeKeyID)]
        )
    }

    func credentials(for id: HostID) async throws -> String? {
        guard let row = try await database.elevated(for: .hosts).query(HostQueries.sealed(id), idempotent: true).first
        else {
            throw PortalError.notFound("host")
        }
        guard let sealed = try SealedSecret(row: row) else { return nil }
        return String(decoding: try open(sealed, of: id), as: UTF8.self)
    }

    /// Seals a kubeconfig for a host; nil for none or an empty one.
    func seal(_ kubeconfig: String?, of id: HostID) throws(PortalError) -> SealedSecret? {
        guard let kubeconfig, !kubeconfig.isEmpty else { return nil }
        return try seal(kubeconfig, in: Self.context(id))
    }

    /// Seals a text for one place.
    func seal(_ text: String, in context: String) throws(PortalError) -> SealedSecret {
        do {
            return try secretBox.seal(Array(text.utf8), context: context)
        } catch {
            throw Self.unavailable(error)
        }
    }

    private func open(_ sealed: SealedSecret, of id: HostID) throws(PortalError) -> [UInt8] {
        try open(sealed, in: Self.context(id))
    }

    /// Opens what was sealed for one place.
    func open(_ sealed: SealedSecret, in context: String) throws(PortalError) -> [UInt8] {
        do {
            return try secretBox.open(sealed, context: context)
        } catch {
            throw Self.unavailable(error)
        }
    }

    private static func context(_ id: HostID) -> String { "hosts/\(id)/kubeconfig" }

    private static func unavailable(_ error: SecretBoxError) -> PortalError {
        PortalError(
            .unavailable,
            "The stored credentials of the host cannot be read. An operator has to check the portal's key ring.",
            underlying: error
        )
    }
}
