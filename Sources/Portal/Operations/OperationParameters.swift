import FoundationEssentials
import JSON

/// What an operation needs to know beside the row of its vcluster; stored as JSON with the operation.
struct OperationParameters: Sendable, Hashable {
    /// The phase before the operation: where a cancellation goes back to while nothing was begun.
    var previousPhase: VClusterPhase
    /// Why the vcluster was in `ERROR` before.
    var previousReason: String?
    /// The message it had before.
    var previousMessage: String?
    /// The spec before a scale or update; before the first one, when it is tried again.
    var previousSpec: VClusterSpec?
    /// The phase that `undelete` goes back to: that of before the deletion.
    var phaseBeforeDelete: VClusterPhase?
    /// Until when a deletion can be taken back, counted from when it was asked for; it sets the time when it is done.
    var purgeAt: Date?
    /// The snapshot that the operation is about.
    var snapshot: SnapshotReference?

    init(previous vcluster: VCluster) {
        previousPhase = vcluster.phase
        previousReason = vcluster.reason
        previousMessage = vcluster.message
    }

    /// Reads what `json` wrote; a missing phase reads as `ERROR`, from which everything can be repaired.
    init(stored json: JSONValue) {
        previousPhase = json["previousPhase"]?.string.flatMap(VClusterPhase.init(rawValue:)) ?? .error
        previousReason = json["previousReason"]?.string
        previousMessage = json["previousMessage"]?.string
        previousSpec = json["previousSpec"].map { VClusterSpec(stored: $0) }
        phaseBeforeDelete = json["phaseBeforeDelete"]?.string.flatMap(VClusterPhase.init(rawValue:))
        purgeAt = json["purgeAt"]?.string.flatMap(RFC3339.parse)
        snapshot = SnapshotReference(stored: json["snapshot"])
    }

    var json: JSONValue {
        var object: JSONObject = ["previousPhase": .string(previousPhase.rawValue)]
        object["previousReason"] = previousReason.map { .string($0) }
        object["previousMessage"] = previousMessage.map { .string($0) }
        object["previousSpec"] = previousSpec?.json
        object["phaseBeforeDelete"] = phaseBeforeDelete.map { .string($0.rawValue) }
        object["purgeAt"] = purgeAt.map { JSONValue(time: $0) }
        object["snapshot"] = snapshot?.json
        return .object(object)
    }
}
