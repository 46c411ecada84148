public import HTTPServer
public import Logging
public import Portal

/// What every handler shares; built once at boot.
public struct WebEnvironment: Sendable {
    /// The domain.
    public let services: PortalServices

    /// Renders pages and error pages.
    public let pages: PageRenderer

    /// The files under `public/`, and their fingerprinted URLs.
    public let staticFiles: StaticFiles

    /// The address people reach the portal at, such as `https://portal.example`; nil when it is not known.
    /// Decides whether cookies are `Secure`.
    public let publicURL: String?

    /// The bounds of the web layer.
    public let limits: WebLimits

    /// Errors and the access log.
    public let logger: Logger

    /// Whether people reach the portal by HTTPS.
    public var isSecure: Bool { publicURL?.lowercased().hasPrefix("https://") ?? false }
}
