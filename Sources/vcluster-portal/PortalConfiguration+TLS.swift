import Configuration
import HTTPServer

extension PortalConfiguration {
    /// Reads the `PORTAL_TLS_…` variables (docs/tls.md).
    ///
    /// - Parameters:
    ///   - portal: The variables of the portal.
    ///   - problems: Gets a line for every variable that is not usable.
    /// - Returns: `nil` without a certificate: plain HTTP.
    static func tls(_ portal: ConfigReader, _ problems: inout [String]) -> TLSConfiguration? {
        func list(_ key: ConfigKey) -> [String] {
            portal.string(forKey: key, default: "").split(separator: ",").map { $0.trimmed }
        }
        let (chains, keys) = (list("tls.certificate"), list("tls.key"))
        guard chains.count == keys.count else {
            problems.append("PORTAL_TLS_CERTIFICATE and PORTAL_TLS_KEY must name the same number of files")
            return nil
        }
        guard !chains.isEmpty else { return nil }
        var tls = TLSConfiguration(
            certificates: zip(chains, keys).map { TLSConfiguration.Certificate(chainPath: $0, keyPath: $1) }
        )
        let version = portal.string(forKey: "tls.min.version", default: TLSConfiguration.Version.tls12.rawValue)
        if let version = TLSConfiguration.Version(rawValue: version) {
            tls.versionMin = version
        } else {
            problems.append("PORTAL_TLS_MIN_VERSION must be 1.2 or 1.3")
        }
        tls.clientCertificates = clientCertificates(portal, names: list("tls.client.names"), &problems)
        return tls
    }

    private static func clientCertificates(
        _ portal: ConfigReader,
        names: [String],
        _ problems: inout [String]
    ) -> TLSConfiguration.ClientCertificates {
        let mode = portal.string(forKey: "tls.clients", default: "off")
        if mode == "off" { return .off }
        let patterns = names.map { TLSClientPattern($0) }
        if patterns.contains(nil) {
            problems.append("PORTAL_TLS_CLIENT_NAMES must be a list of dns:NAME, uri:URI, email:ADDRESS or cn:NAME")
        }
        let authorities = portal.string(forKey: "tls.client.ca", default: "")
        if authorities.isEmpty { problems.append("PORTAL_TLS_CLIENT_CA is not set (PORTAL_TLS_CLIENTS is \(mode))") }
        let trust = TLSConfiguration.ClientTrust(
            authoritiesPath: authorities,
            revocationListsPath: portal.string(forKey: "tls.client.crl"),
            allowedIdentities: patterns.compactMap { $0 }
        )
        switch mode {
        case "optional": return .optional(trust)
        case "required": return .required(trust)
        default:
            problems.append("PORTAL_TLS_CLIENTS must be off, optional or required")
            return .off
        }
    }
}

extension Substring {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
