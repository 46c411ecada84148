public import FoundationEssentials
public import JSON

/// What a vcluster had at a moment: the objects of its API, kept in an archive.
///
/// The archive has what the control plane stores and nothing else: neither what pods wrote to their volumes nor images.
/// Everything here but the archive itself is kept by the portal, because the archive has no room for it.
public struct Snapshot: Sendable, Hashable, Identifiable {
    /// Where a snapshot is in its life.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Being taken.
        case pending
        /// Can be restored.
        case ready
        /// Was not taken, or its deletion failed; only good for being deleted.
        case failed
        /// Being deleted.
        case deleting
    }

    /// The id.
    public var id: SnapshotID
    /// The vcluster that it is of, and goes with.
    public var vclusterID: VClusterID
    /// The name of that vcluster.
    public var vclusterName: String
    /// The tenant that owns the vcluster, and whose quota the archive counts against.
    public var tenantID: TenantID
    /// The tenant and its ancestors, root first.
    public var tenantPath: [TenantID]
    /// The name, unique among the snapshots of the vcluster.
    public var name: String
    /// What people want to know about it; may be empty.
    public var description: String
    /// Where it is in its life.
    public var state: State
    /// Bytes of the archive; nil until the host tells, which not every host does.
    public var sizeBytes: Int64?
    /// What it counts in the quotas, in bytes: its size, or the estimate while that is not known.
    public var reservedBytes: Int64
    /// The address of the archive, without credentials.
    public var location: String
    /// The chart version of the vcluster when it was taken.
    public var chartVersion: String?
    /// The version of the virtual Kubernetes when it was taken.
    public var kubernetesVersion: String?
    /// The spec of the vcluster when it was taken; a restore does not bring it back.
    public var spec: VClusterSpec
    /// What went wrong, for a person; empty unless `failed`.
    public var message: String
    /// Who took it; nil for the portal itself.
    public var createdBy: UserID?
    /// The name of who took it.
    public var createdByName: String
    /// When it was asked for.
    public var createdAt: Date
    /// When it became `ready`.
    public var readyAt: Date?

    /// Where the archive lies.
    public var storage: SnapshotStorage.Kind { SnapshotStorage.Kind(location: location) }

    /// What it takes of the quotas: firmly, but with the overcommit of the level, whatever the class of its vcluster.
    var reservation: QuotaReservation {
        let amounts = QuotaAmounts([.snapshotStorage: reservedBytes])
        return QuotaReservation(live: id.uuid, of: amounts, at: tenantID, ownerID: createdBy)
    }
}

extension Snapshot: JSONRepresentable {
    /// The schema `Snapshot` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.description), "vclusterId": .string(vclusterID.description),
            "vclusterName": .string(vclusterName), "tenantId": .string(tenantID.description),
            "name": .string(name), "description": .string(description), "state": .string(state.rawValue),
            "storage": .string(storage.rawValue),
        ]
        object["size"] = sizeBytes.map { .string(QuotaDimension.snapshotStorage.text($0)) } ?? .null
        object["reserved"] = .string(QuotaDimension.snapshotStorage.text(reservedBytes))
        object["chartVersion"] = chartVersion.json
        object["kubernetesVersion"] = kubernetesVersion.json
        object["spec"] = spec.json
        object["message"] = .string(message)
        object["createdBy"] = JSONValue(id: createdBy)
        object["createdByName"] = .string(createdByName)
        object["createdAt"] = JSONValue(time: createdAt)
        object["readyAt"] = JSONValue(time: readyAt)
        return .object(object)
    }
}

/// What a snapshot is asked for with.
public struct NewSnapshot: Sendable, Hashable {
    /// The name, a DNS label; nil makes one of the time.
    public var name: String?
    /// What people want to know about it.
    public var description: String

    /// A wish for a snapshot.
    public init(name: String? = nil, description: String = "") {
        self.name = name
        self.description = description
    }
}

/// A snapshot, the vcluster that it is of, and the operation on both.
public struct SnapshotChange: Sendable {
    /// The snapshot as it is now.
    public let snapshot: Snapshot
    /// The vcluster as it is now.
    public let vcluster: VCluster
    /// The operation.
    public let operation: Operation
}

extension SnapshotChange: JSONRepresentable {
    /// The schema `SnapshotAccepted` of openapi.yaml.
    public var json: JSONValue {
        ["operation": operation.json, "vcluster": vcluster.json, "snapshot": snapshot.json]
    }
}
