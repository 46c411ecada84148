import HTTPCore
import HTTPServer
import Portal

/// Finds out who sent a request: `Authorization: Bearer` wins over the session cookie, and both over a client certificate.
///
/// Wrong or expired credentials are the same as none: a route that needs a caller answers 401.
struct Authenticator: Sendable {
    let services: PortalServices

    func authenticate(_ context: inout RequestContext) async throws {
        // Files and probes never look at the caller; they must not cost a query.
        switch context.pattern?.audience {
        case .asset, .machine: break
        case .api, .page, nil:
            if context.request.headers.contains("Authorization") {
                context.caller = try await bearer(context.request)
            } else {
                try await session(&context)
                // Programs have certificates; a page belongs to a person.
                if context.caller == nil, context.pattern?.audience == .api {
                    context.caller = try await certificate(context.request)
                }
            }
        }
        context.language = Self.language(context)
    }

    /// The token of an `Authorization: Bearer` header (RFC 6750 section 2.1); nil for another scheme.
    static func bearerToken(_ request: HTTPRequest) -> String? {
        guard let header = request.headers["Authorization"] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    private func bearer(_ request: HTTPRequest) async throws -> Caller? {
        guard let token = Self.bearerToken(request) else { return nil }
        return try await services.identity.authenticate(bearer: token, requestID: request.id)
    }

    private func session(_ context: inout RequestContext) async throws {
        guard let token = Cookies(context.request.headers)[SessionCookie.name], !token.isEmpty else { return }
        let identity = services.identity
        guard let caller = try await identity.authenticate(sessionToken: token, requestID: context.request.id)
        else { return }
        context.caller = caller
        context.session = WebSession(token: token, csrfToken: identity.csrfToken(forSession: token))
    }

    /// The service account of the connection's client certificate.
    ///
    /// A request that a proxy forwarded has none: the certificate of that connection is the proxy's own.
    private func certificate(_ request: HTTPRequest) async throws -> Caller? {
        guard let client = request.connection.tls?.client else { return nil }
        let certificate = ClientCertificate(
            issuer: client.issuer,
            subject: client.subject,
            dnsNames: client.dnsNames,
            uris: client.uris,
            emails: client.emails,
            fingerprint: client.fingerprint
        )
        return try await services.identity.authenticate(certificate, requestID: request.id)
    }

    /// The user's own setting, else the best of `Accept-Language`, else English.
    private static func language(_ context: RequestContext) -> PortalLanguage {
        if let chosen = context.caller?.user.locale { return chosen }
        let offers = PortalLanguage.allCases.map(\.rawValue)
        let best = LanguageRange.best(of: offers, for: context.request.headers["Accept-Language"])
        return best.flatMap(PortalLanguage.init(rawValue:)) ?? .english
    }
}
