import FoundationEssentials

/// Where archives of snapshots lie: the URL that the vcluster's own programs take, credentials included.
///
/// Prints without its credentials.
public struct SnapshotStorage: Sendable, Hashable {
    /// The kinds of storage; the raw value is in the API.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A folder on the volume of the vcluster's own control plane: lost when that volume is.
        case ownVolume
        /// A bucket of an S3 service.
        case s3
        /// A repository of an OCI registry.
        case oci
        /// A container of Azure Blob Storage.
        case azure
    }

    /// A part of the query of a storage's URL, percent-decoded.
    public struct Setting: Sendable, Hashable {
        /// Such as `region`.
        public let name: String
        /// As in the URL: some are base64.
        public let value: String
    }

    /// What it is.
    public let kind: Kind
    /// The URL without credentials, query and slash at the end: `s3://bucket/folder`.
    public let address: String
    /// The bucket, the registry or the account's host; empty for the own volume.
    public let host: String
    /// The path below it, without slashes at its ends; of the own volume the absolute path.
    public let path: String
    /// Settings and credentials in their order.
    public let settings: [Setting]
    /// The query as it was written, percent-encoded: the SAS of an Azure container.
    public let query: String?
    /// The user of a registry, when the URL has one.
    public let user: String?
    /// The password of that user.
    public let password: String?

    /// The volume of the control plane: what hosts without a setting of their own use.
    public static let ownVolume = SnapshotStorage(
        kind: .ownVolume,
        address: "container:///data",
        host: "",
        path: "/data",
        settings: [],
        query: nil,
        user: nil,
        password: nil
    )

    /// The value of a setting; nil when the URL has none of the name.
    public func setting(_ name: String) -> String? { settings.first { $0.name == name }?.value }

    /// The address of the archive of a snapshot, which never changes: a snapshot remembers it.
    ///
    /// Each vcluster has a folder of its own; in a registry each snapshot is a tag.
    public func location(of id: SnapshotID, in vclusterID: VClusterID) -> String {
        switch kind {
        case .ownVolume: "\(address)/snapshot-\(id).tar.gz"
        case .s3, .azure: "\(address)/\(vclusterID)/\(id).tar.gz"
        case .oci: "\(address):\(id)"
        }
    }

    /// Whether an archive with an address lies in this storage; one on the own volume is always found.
    public func holds(_ location: String) -> Bool {
        location.hasPrefix(address + (kind == .oci ? ":" : "/"))
    }

    /// What credentials are made of, so that what a host prints can be shown without them.
    public var secrets: [String] {
        let shown: Set<String> = [
            "region", "force-path-style", "insecure-skip-tls-verify", "checksum-algorithm", "skip-client-credentials",
        ]
        let hidden = settings.filter { !shown.contains($0.name) }.map(\.value)
        let decoded = hidden.compactMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        return ([query, password].compactMap(\.self) + hidden + decoded).filter { $0.utf8.count >= 4 }
    }
}

extension SnapshotStorage.Kind {
    /// The kind of storage that the address of an archive is in.
    public init(location: String) {
        self =
            location.hasPrefix("s3://")
            ? .s3
            : location.hasPrefix("oci://")
                ? .oci
                : location.hasPrefix("https://") ? .azure : .ownVolume
    }
}

extension SnapshotStorage: CustomStringConvertible, CustomReflectable {
    /// The address.
    public var description: String { address }

    /// No children, so that `dump` shows no credentials.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What one operation does with the archive of one snapshot.
///
/// A driver may be asked again after a crash: by the same operation it goes on, by another it begins anew.
public struct SnapshotJob: Sendable, Hashable {
    /// The snapshot.
    public let snapshotID: SnapshotID
    /// The operation.
    public let operationID: OperationID
    /// Where the archive lies, with the credentials for it.
    public let storage: SnapshotStorage
    /// The address of the archive.
    public let location: String

    /// A job on an archive.
    public init(snapshotID: SnapshotID, operationID: OperationID, storage: SnapshotStorage, location: String) {
        self.snapshotID = snapshotID
        self.operationID = operationID
        self.storage = storage
        self.location = location
    }
}
