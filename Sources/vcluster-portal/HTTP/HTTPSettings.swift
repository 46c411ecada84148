import Configuration
import HTTPCore
import HTTPServer

/// How the HTTP server listens, whom it believes and what it allows.
struct HTTPSettings: Sendable {
    /// Everything but the listeners.
    private var configuration: HTTPServerConfiguration
    private var listeners: [ListenSetting]
    private(set) var tls: TLSConfiguration?

    /// One client may hold this many connections unless `PORTAL_HTTP_CONNECTIONS_PER_ADDRESS_MAX` says otherwise: many
    /// browsers behind one address are served, and none takes all that there are.
    private static let connectionsPerAddressMax = 2_500

    /// Reads the settings and adds what is wrong with them to the problems.
    ///
    /// - Parameters:
    ///   - portal: The variables that begin with `PORTAL_`.
    ///   - fallback: Where to listen when nothing says otherwise.
    ///   - tls: For listeners with TLS; `nil` without a certificate.
    ///   - problems: Gets a line for each problem.
    /// - Returns: The settings; of no use when there is a problem.
    static func load(
        _ portal: ConfigReader,
        fallback: ListenSetting,
        tls: TLSConfiguration?,
        problems: inout [String]
    ) -> HTTPSettings {
        var configuration = HTTPServerConfiguration()
        configuration.limits.connectionsPerAddressMax = connectionsPerAddressMax
        // Probes have to be answered when users are told to come back later.
        configuration.servesUnderOverload = { $0.rawPath == "/healthz" || $0.rawPath == "/readyz" }
        HTTPLimitSetting.load(portal, into: &configuration, problems: &problems)
        if let proxies = TrustedProxies(parsing: portal.string(forKey: "trusted.proxies", default: "")) {
            configuration.trustedProxies = proxies
        } else {
            problems.append("PORTAL_TRUSTED_PROXIES must be networks such as 10.0.0.0/8, addresses, or unix")
        }
        let fields = ForwardedOrigin.Fields(rawValue: portal.string(forKey: "trusted.proxy.fields", default: "any"))
        if fields == nil { problems.append("PORTAL_TRUSTED_PROXY_FIELDS must be any, forwarded or x-forwarded") }
        configuration.forwardedFields = fields ?? .any
        var listeners: [ListenSetting] = []
        for entry in portal.string(forKey: "listen", default: "").split(separator: ",") {
            do throws(ListenSetting.Invalid) {
                let text = entry.drop { $0 == " " }
                listeners.append(try ListenSetting(parsing: text.prefix { $0 != " " }))
            } catch {
                problems.append("PORTAL_LISTEN: \(entry) \(error.reason)")
            }
        }
        if listeners.isEmpty { listeners = [fallback] }
        if tls == nil, listeners.contains(where: \.isSecure) {
            problems.append("PORTAL_LISTEN has an https listener: PORTAL_TLS_CERTIFICATE and PORTAL_TLS_KEY are needed")
        }
        if listeners.contains(where: \.acceptsProxyProtocol), configuration.trustedProxies.isEmpty {
            problems.append("PORTAL_LISTEN expects proxies: PORTAL_TRUSTED_PROXIES must say which")
        }
        return HTTPSettings(configuration: configuration, listeners: listeners, tls: tls)
    }

    /// Scheme of the first listener.
    var scheme: String { listeners[0].isSecure ? "https" : "http" }

    /// The configuration of the server; reads the files of TLS.
    ///
    /// - Parameter sockets: What the process was started with.
    /// - Returns: The configuration with its listeners.
    /// - Throws: ``TLSError``; ``PortalConfiguration/Problem`` when systemd gave other sockets than are named.
    func serverConfiguration(_ sockets: InheritedSockets) throws -> HTTPServerConfiguration {
        var configuration = configuration
        let tls = try tls.map { try TLSContext($0) }
        do throws(ListenSetting.Invalid) {
            configuration.listeners = []
            for setting in listeners { configuration.listeners.append(try setting.listener(sockets, tls)) }
        } catch {
            throw PortalConfiguration.Problem(lines: ["PORTAL_LISTEN \(error.reason)"])
        }
        configuration.takeOver(sockets)
        return configuration
    }
}
