/// Where the web layer finds its files, and how people reach it.
public struct WebConfiguration: Sendable {
    /// The directory with `Resources/`, `public/`, `migrations/` and `openapi.yaml`.
    public var root: String

    /// The address people reach the portal at, such as `https://portal.example`.
    ///
    /// With `https` cookies are `Secure` and HSTS is sent. Nil when nobody said.
    public var publicURL: String?

    /// The bounds of the web layer.
    public var limits: WebLimits

    /// Which requests get a line in the access log.
    public var accessLog: AccessLogPolicy

    /// A configuration with the documented limits.
    public init(
        root: String,
        publicURL: String? = nil,
        limits: WebLimits = WebLimits(),
        accessLog: AccessLogPolicy = AccessLogPolicy()
    ) {
        self.root = root
        self.publicURL = publicURL
        self.limits = limits
        self.accessLog = accessLog
    }

    /// Whether people reach the portal by HTTPS.
    public var isSecure: Bool { publicURL?.lowercased().hasPrefix("https://") ?? false }
}
