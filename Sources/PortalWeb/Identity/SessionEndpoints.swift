import HTTPCore
import HTTPServer
import JSON
import Portal

/// Signing in and out: `/api/v1/auth/…`.
enum SessionEndpoints {
    static func register(on router: inout Router) {
        router.on(.post, .login, access: .anyone, body: .credentials, handler: signIn)
        router.on(.post, .logout, handler: signOut)
    }

    private static func signIn(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let email = reader.string("email", charactersMax: PortalLimits.Identity.emailLengthMax)
        let password = reader.string("password", charactersMax: PortalLimits.Identity.passwordLengthMax)
        try reader.finish()
        let signIn = try await context.services.identity.signIn(
            email: email,
            password: password,
            clientAddress: context.request.remoteAddress,
            userAgent: context.request.headers["User-Agent"] ?? "",
            requestID: context.request.id
        )
        let body: JSONValue = [
            "token": .string(signIn.token),
            "expiresAt": .string(RFC3339.format(signIn.expiresAt)),
            "user": signIn.user.json,
            "failedSignIns": signIn.failures?.json ?? .null,
        ]
        var response = HTTPResponse.json(body)
        response.compression = .never
        SessionCookie.issue(signIn, on: &response, context)
        return response
    }

    private static func signOut(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        try context.requireNoSettings()
        switch caller.via {
        case .token:
            throw WebError(.forbidden, "An API token cannot be signed out. Revoke it by DELETE /api/v1/tokens/{id}.")
        case .certificate:
            throw WebError(.forbidden, "A client certificate has no session that could end.")
        case .session, .request, .system: break
        }
        if let token = context.session?.token ?? Authenticator.bearerToken(context.request) {
            try await context.services.identity.signOut(sessionToken: token, as: caller)
        }
        var response = HTTPResponse(status: .noContent)
        SessionCookie.expire(on: &response, context)
        return response
    }
}
