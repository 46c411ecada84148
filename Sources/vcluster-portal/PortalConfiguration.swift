import Configuration
import Foundation
import PortalOIDC

/// The server's settings, read from `PORTAL_…` environment variables (README, "Configuration").
struct PortalConfiguration: Sendable {
    var databaseURL: String
    var databasePoolSize: Int
    var databaseAllowsSuperuser: Bool
    var encryptionKeys: String
    var http: HTTPSettings
    var publicURL: String
    var root: String
    var workers: Int
    var loops: Int?
    var helm: String
    var deleteGrace: Duration
    var lease: Duration
    var signIn: SignIn
    var providers: [OpenIDSettings]
    var quotaReconcile: Duration
    var snapshotEstimateBytes: Int64
    var log: Log

    /// What is wrong with the environment, for a person at a terminal; all problems at once.
    struct Problem: Error, CustomStringConvertible {
        let lines: [String]
        var description: String { "the configuration is not usable:\n  " + lines.joined(separator: "\n  ") }
    }

    /// Reads and checks the environment.
    ///
    /// - Throws: ``Problem`` naming every variable that is missing or out of its range.
    static func load(_ reader: ConfigReader = ConfigReader(provider: EnvironmentVariablesProvider())) throws -> Self {
        let portal = reader.scoped(to: "portal")
        var problems: [String] = []

        func integer(_ key: ConfigKey, _ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
            guard let text = portal.string(forKey: key), !text.isEmpty else { return fallback }
            if let value = Int(text), range.contains(value) { return value }
            problems.append("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }

        let databaseURL = portal.string(forKey: "database.url", isSecret: true) ?? ""
        if databaseURL.isEmpty {
            problems.append("PORTAL_DATABASE_URL is not set (postgresql://user:password@host/database)")
        }
        let encryptionKeys = portal.string(forKey: "encryption.keys", isSecret: true) ?? ""
        if encryptionKeys.isEmpty {
            problems.append("PORTAL_ENCRYPTION_KEYS is not set (id:base64 of 32 bytes; it encrypts hosts' credentials)")
        }
        let log = Log.load(portal, problems: &problems)
        let address = portal.string(forKey: "address", default: "127.0.0.1")
        let port = integer("port", "PORTAL_PORT", default: 8080, in: 0...65_535)
        let tls = tls(portal, &problems)
        let loops = integer("loops", "PORTAL_LOOPS", default: 0, in: 0...256)
        var fallback = ListenSetting(place: .tcp(host: address, port: UInt16(port)))
        fallback.isSecure = tls != nil
        let providers = providers(portal, &problems)
        let http = HTTPSettings.load(portal, fallback: fallback, tls: tls, problems: &problems)
        let configuration = Self(
            databaseURL: databaseURL,
            databasePoolSize: integer("database.pool", "PORTAL_DATABASE_POOL", default: 16, in: 2...1_000),
            databaseAllowsSuperuser: portal.bool(forKey: "database.allow.superuser", default: false),
            encryptionKeys: encryptionKeys,
            http: http,
            publicURL: portal.string(forKey: "public.url", default: "\(http.scheme)://\(address):\(port)"),
            root: portal.string(forKey: "root", default: FileManager.default.currentDirectoryPath),
            workers: integer("workers", "PORTAL_WORKERS", default: 32, in: 0...1_000),
            loops: loops == 0 ? nil : loops,
            helm: portal.string(forKey: "helm", default: "helm"),
            deleteGrace: .seconds(
                integer("delete.grace.seconds", "PORTAL_DELETE_GRACE_SECONDS", default: 259_200, in: 0...31_536_000)
            ),
            lease: .seconds(integer("lease.seconds", "PORTAL_LEASE_SECONDS", default: 15, in: 1...600)),
            signIn: SignIn.load(portal) { integer($0, $1, default: $2, in: $3) },
            providers: providers,
            quotaReconcile: .seconds(
                integer("quota.reconcile.seconds", "PORTAL_QUOTA_RECONCILE_SECONDS", default: 300, in: 5...86_400)
            ),
            snapshotEstimateBytes: Int64(
                integer("snapshot.estimate.mib", "PORTAL_SNAPSHOT_ESTIMATE_MIB", default: 1024, in: 1...1_048_576)
            ) << 20,
            log: log
        )
        guard problems.isEmpty else { throw Problem(lines: problems) }
        return configuration
    }
}
