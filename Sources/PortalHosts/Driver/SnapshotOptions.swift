import Foundation
import JSON
import Portal

/// What the programs of a snapshot pod are told about an archive, in the form of the vcluster CLI.
///
/// Source: shared facts on vcluster, "Snapshot": JSON values are plain, base64 is for the query of URLs only.
struct SnapshotOptions {
    let job: SnapshotJob
    /// What a new vcluster could be made of again; only for archives that are written.
    var release: JSONObject?

    /// Settings that are true or false.
    private static let switches: Set<String> = [
        "force-path-style", "insecure-skip-tls-verify", "skip-client-credentials",
    ]
    /// Settings that the URL has in base64.
    private static let encoded: Set<String> = [
        "url", "access-key-id", "secret-access-key", "session-token", "ca-cert", "password",
    ]

    /// The JSON of the options.
    var json: JSONValue {
        var options: JSONObject = [:]
        switch job.storage.kind {
        case .ownVolume:
            options["type"] = "container"
            options["container"] = ["path": .string(path)]
        case .s3:
            var s3 = settings
            s3["bucket"] = .string(job.storage.host)
            s3["key"] = .string(String(job.location.dropFirst("s3://\(job.storage.host)/".count)))
            options["type"] = "s3"
            options["s3"] = .object(s3)
        case .oci:
            var oci = settings
            oci["repository"] = .string(String(job.location.dropFirst("oci://".count)))
            if let user = job.storage.user { oci["username"] = .string(user) }
            if let password = job.storage.password { oci["password"] = .string(password) }
            options["type"] = "oci"
            options["oci"] = .object(oci)
        case .azure:
            options["type"] = "azure"
            options["azure"] = ["blob-url": .string(job.location), "sas": .string(job.storage.query ?? "")]
        }
        options["release"] = release.map { .object($0) }
        return .object(options)
    }

    /// The file of an archive on the own volume.
    var path: String { String(job.location.dropFirst("container://".count)) }

    private var settings: JSONObject {
        var object: JSONObject = [:]
        for setting in job.storage.settings {
            if Self.switches.contains(setting.name) {
                object[setting.name] = .bool(setting.value == "true")
            } else if Self.encoded.contains(setting.name), let data = Data(base64Encoded: setting.value) {
                object[setting.name] = .string(String(decoding: data, as: UTF8.self))
            } else {
                object[setting.name] = .string(setting.value)
            }
        }
        return object
    }
}
