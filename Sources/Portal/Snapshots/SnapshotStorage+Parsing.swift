import FoundationEssentials

extension SnapshotStorage {
    /// What is wrong with the URL of a storage.
    struct Problem: Error, Hashable {
        /// A sentence without its subject: "must begin with …".
        let message: String

        init(_ message: String) { self.message = message }
    }

    /// Settings in the query of an `s3://` URL; those with `true` are base64.
    ///
    /// Source: shared facts on vcluster, "Snapshot": unknown keys are an error there too.
    private static let s3Settings: [String: Bool] = [
        "region": false, "url": true, "access-key-id": true, "secret-access-key": true, "session-token": true,
        "force-path-style": false, "insecure-skip-tls-verify": false, "ca-cert": true, "checksum-algorithm": false,
        "skip-client-credentials": false,
    ]

    /// The same of an `oci://` URL.
    private static let ociSettings: [String: Bool] = ["username": false, "password": true]

    /// Reads the URL of a storage.
    ///
    /// - Throws: `Problem`, which names none of its credentials.
    init(parsing text: String) throws(Problem) {
        guard text.utf8.count <= PortalLimits.Snapshots.storageLengthMax else {
            throw Problem("must have at most \(PortalLimits.Snapshots.storageLengthMax) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let url = URLComponents(string: text),
            let kind = Self.kind(of: url)
        else {
            throw Problem("must be a URL with container://, s3://, oci:// or https://, without spaces")
        }
        guard url.fragment == nil, url.port == nil || kind != .s3 else { throw Problem("must end with its query") }
        guard url.user == nil || kind == .oci else { throw Problem("must name its credentials in the query") }
        var settings: [Setting] = []
        for item in url.queryItems ?? [] { settings.append(Setting(name: item.name, value: item.value ?? "")) }
        let port = url.port.map { ":\($0)" } ?? ""
        let host = (url.host ?? "") + port
        let segments = url.path.split(separator: "/").map(String.init)
        try Self.check(kind, host: host, segments: segments)
        try Self.check(settings, of: kind)
        let path = segments.joined(separator: "/")
        let scheme = url.scheme ?? ""
        self.init(
            kind: kind,
            address: "\(scheme)://\(host)\(path.isEmpty ? "" : "/")\(path)",
            host: host,
            path: kind == .ownVolume ? "/\(path)" : path,
            settings: settings,
            query: url.percentEncodedQuery,
            user: url.user,
            password: url.password
        )
    }

    private static func kind(of url: URLComponents) -> Kind? {
        switch url.scheme {
        case "container": .ownVolume
        case "s3": .s3
        case "oci": .oci
        case "https": .azure
        default: nil
        }
    }

    private static func check(_ kind: Kind, host: String, segments: [String]) throws(Problem) {
        guard segments.allSatisfy({ segment in segment != "." && segment != ".." }) else {
            throw Problem("must not have . or .. in its path")
        }
        switch kind {
        case .ownVolume:
            guard host.isEmpty, !segments.isEmpty else {
                throw Problem("must have three slashes and a folder: container:///data")
            }
        case .s3:
            guard !host.isEmpty else { throw Problem("must name a bucket: s3://bucket/folder?region=eu-central-1") }
        case .oci:
            guard !host.isEmpty, let last = segments.last, !last.contains(":"), !last.contains("@") else {
                throw Problem("must name a repository without a tag: oci://registry.example/team/snapshots")
            }
        case .azure:
            guard !host.isEmpty, !segments.isEmpty else {
                throw Problem("must name a container: https://account.blob.core.windows.net/container")
            }
        }
    }

    private static func check(_ settings: [Setting], of kind: Kind) throws(Problem) {
        let known: [String: Bool]
        switch kind {
        // A SAS has keys of its own, which grow with its version.
        case .azure: return
        case .ownVolume: known = [:]
        case .s3: known = s3Settings
        case .oci: known = ociSettings
        }
        for setting in settings {
            guard let isBase64 = known[setting.name] else {
                throw Problem("must not have \(setting.name.prefix(40)) in its query")
            }
            if isBase64, setting.value.isEmpty || Data(base64Encoded: setting.value) == nil {
                throw Problem("must have \(setting.name) as base64")
            }
        }
        let names = settings.map(\.name)
        guard Set(names).count == names.count else { throw Problem("must have each setting once") }
        guard names.contains("access-key-id") == names.contains("secret-access-key") else {
            throw Problem("must have access-key-id and secret-access-key, or neither")
        }
    }
}
