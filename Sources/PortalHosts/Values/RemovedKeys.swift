import JSON
import Portal

/// Keys that the chart's schema still knows and its templates refuse.
enum RemovedKeys {
    /// Gone with the CSI volume snapshots of chart 0.36; older charts tie data to a feature that ends there.
    private static let paths = [
        ["sync", "toHost", "volumeSnapshots"], ["sync", "toHost", "volumeSnapshotContents"],
        ["sync", "fromHost", "volumeSnapshotClasses"], ["deploy", "volumeSnapshotController"],
        ["rbac", "enableVolumeSnapshotRules"],
    ]

    /// The removed keys that a document has, as field errors with paths under `path`.
    static func problems(in values: JSONObject, path: String) -> [FieldError] {
        paths.compactMap { keys in
            let value = keys.reduce(JSONValue?.some(.object(values))) { $0?[$1] }
            guard let value, !value.isNull else { return nil }
            return FieldError(
                field: "\(path).\(keys.joined(separator: "."))",
                code: FieldErrorCode.unknownField,
                message: "The chart refuses this key since version 0.36. Take it out."
            )
        }
    }
}
