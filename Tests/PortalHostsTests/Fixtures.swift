import Foundation
import JSON
import Portal

@testable import PortalHosts

/// Files of the project that tests read.
enum ProjectFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static var schemaPath: String { "\(root)/Resources/vcluster/values.schema.json" }

    static func chartSchema() throws -> ChartSchema { try ChartSchema.load(path: schemaPath) }
}

/// A generator of numbers that gives the same ones for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension VClusterTarget {
    static func make(
        id: VClusterID = VClusterID(),
        name: String = "acme",
        namespace: String = "vcluster-acme",
        labels: [String: String] = [:],
        hostID: HostID = HostID()
    ) -> VClusterTarget {
        VClusterTarget(
            id: id,
            name: name,
            namespace: namespace,
            release: name,
            tenantID: TenantID(),
            hostID: hostID,
            generation: 1,
            labels: labels
        )
    }
}

extension SnapshotJob {
    static func make(
        _ storage: SnapshotStorage = .ownVolume,
        of vclusterID: VClusterID = VClusterID(),
        by operationID: OperationID = OperationID()
    ) -> SnapshotJob {
        let id = SnapshotID()
        return SnapshotJob(
            snapshotID: id,
            operationID: operationID,
            storage: storage,
            location: storage.location(of: id, in: vclusterID)
        )
    }
}

extension HelmValues.Context {
    static func make(
        settings: HelmHostSettings = HelmHostSettings(),
        ownerLabels: [String: String] = [:],
        httpsNodePort: Int? = nil,
        kubeletNodePort: Int? = nil
    ) -> HelmValues.Context {
        HelmValues.Context(
            settings: settings,
            release: "acme",
            namespace: "vcluster-acme",
            ownerLabels: ownerLabels,
            httpsNodePort: httpsNodePort,
            kubeletNodePort: kubeletNodePort
        )
    }
}

/// Collects the lines of an operation's log.
actor RecordingLog: OperationLog {
    private(set) var lines: [String] = []

    func append(_ text: String) {
        lines.append(text)
    }
}
