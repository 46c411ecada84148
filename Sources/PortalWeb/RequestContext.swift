public import HTTPCore
public import HTTPServer
public import Portal

/// Everything a handler knows about one request.
///
/// Built by `PortalApplication` after the route matched: the caller is authenticated, the body is read, a form
/// is decoded and its CSRF token checked.
public struct RequestContext: Sendable {
    /// The request as it came; its body has been read into `body`.
    public let request: HTTPRequest

    /// The template that matched; nil while the error page of an unknown path is rendered.
    public let pattern: RoutePattern?

    /// The value of the template's parameter, percent-decoded.
    public let parameter: String?

    /// The place of the request in a distributed trace.
    public let trace: RequestTrace

    /// What all handlers share: services, renderer, static files, limits.
    public let environment: WebEnvironment

    /// The page that the reader looks at: the target of a GET, else the page that the form stands on.
    public var pagePath: String

    /// The signed-in user or token; nil on routes that serve anyone.
    public var caller: Caller?

    /// The browser session; nil for bearer tokens and anonymous requests.
    public var session: WebSession?

    /// The language of pages: the user's setting, else `Accept-Language`, else English.
    public var language: PortalLanguage = .english

    /// The body, at most `WebLimits.bodyBytesMax`; empty for GET and HEAD.
    public var body: [UInt8] = []

    /// The fields of a form body in order; empty for any other content type.
    public var form = QueryItems()

    /// The domain.
    public var services: PortalServices { environment.services }

    /// The bounds of the web layer.
    public var limits: WebLimits { environment.limits }

    /// The token that forms and `X-CSRF-Token` have to carry; nil without a session.
    public var csrfToken: String? { session?.csrfToken }

    /// The caller, or 401.
    public func requireCaller() throws -> Caller {
        guard let caller else { throw WebError.unauthenticated() }
        return caller
    }

    /// The id in the path.
    ///
    /// - Throws: `.notFound` when it is not an id at all: what cannot exist does not exist.
    public func pathID<Entity>(_ type: TypedID<Entity>.Type = TypedID<Entity>.self) throws -> TypedID<Entity> {
        guard let parameter, let id = TypedID<Entity>(parameter) else { throw WebError.notFound() }
        return id
    }

    /// Whether the caller came by HTTPS, so that cookies may only go back by HTTPS: the whole portal is reached so, or
    /// this connection is, here or at a trusted proxy.
    public var isSecure: Bool { environment.isSecure || request.connection.isSecure }

    /// The query of the request, decoded, in order.
    public var query: QueryItems { request.queryItems }
}
