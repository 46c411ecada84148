public import HTTPServer

/// Answers one method of one route.
///
/// A thrown `PortalError` or `WebError` becomes problem+json or an error page; anything else is a 500 whose
/// text only the log sees.
public typealias RouteHandler = @Sendable (RequestContext) async throws -> HTTPResponse

/// What a route asks of the caller before its handler runs.
public enum RouteAccess: Sendable {
    /// Served to everybody; a valid cookie or token is still recognized.
    case anyone
    /// Needs a caller: otherwise 401, or for a page a redirect to the sign-in page.
    case signedIn
}
