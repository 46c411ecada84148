import FoundationEssentials
import Postgres

/// Where hosts keep archives of snapshots; the URLs may have credentials, so they are stored sealed.
extension HostService {
    /// Where archives of a host's snapshots go, with the credentials for it; for the portal itself only.
    ///
    /// - Throws: `PortalError` `.forbidden` for anybody else, `.notFound`, `.unavailable` when its key is not in the ring;
    ///   `PostgresError`.
    public func snapshotStorage(of id: HostID, as caller: Caller) async throws -> SnapshotStorage {
        guard caller.isSystem else { throw PortalError.forbidden(.hostsManage) }
        let query = HostQueries.sealedSnapshotStorage(id)
        guard let row = try await database.elevated(for: .hosts).query(query, idempotent: true).first else {
            throw PortalError.notFound("host")
        }
        guard let sealed = try SealedSecret(snapshotStorage: row) else { return .ownVolume }
        let url = String(decoding: try open(sealed, in: Self.storageContext(id)), as: UTF8.self)
        do throws(SnapshotStorage.Problem) {
            return try SnapshotStorage(parsing: url)
        } catch {
            // It was checked when it was stored, so only a change of the rules leads here.
            throw PortalError(
                .unavailable,
                "The snapshot storage of the host \(error.message). An administrator has to set it anew."
            )
        }
    }

    /// Reads the URL of a storage; nil for none or an empty one, or with an error of the field.
    static func storage(_ url: String?, errors: inout FieldErrors) -> SnapshotStorage? {
        guard let url, !url.isEmpty else { return nil }
        do throws(SnapshotStorage.Problem) {
            return try SnapshotStorage(parsing: url)
        } catch {
            errors.add("snapshotStorage", FieldErrorCode.invalidValue, error.message)
            return nil
        }
    }

    /// Stores the URL of a storage, or removes it.
    func store(
        _ storage: SnapshotStorage?,
        _ url: String?,
        of id: HostID,
        in transaction: PortalTransaction
    ) async throws {
        var sealed: SealedSecret?
        if storage != nil, let url { sealed = try seal(url, in: Self.storageContext(id)) }
        let update = HostQueries.updateSnapshotStorage(id, to: storage?.address, sealed: sealed)
        try await transaction.execute(update)
    }

    static func storageContext(_ id: HostID) -> String { "hosts/\(id)/snapshot-storage" }
}
