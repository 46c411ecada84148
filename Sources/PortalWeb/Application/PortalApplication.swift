public import HTTPCore
public import HTTPServer
import Instrumentation
public import Logging
public import Portal

/// The portal's web side as one handler: routes, authentication, API, pages and files over the domain.
///
/// Built once at boot, which reads templates, locales, static files and the API description, so that a broken
/// installation does not start.
public struct PortalApplication: Sendable {
    private let environment: WebEnvironment
    private let router: Router
    private let authenticator: Authenticator
    private let idempotency: IdempotencyGuard
    private let finisher: ResponseFinisher

    /// Builds the application.
    ///
    /// - Parameters:
    ///   - services: The domain.
    ///   - configuration: Where the files are and how the portal is reached.
    ///   - probes: What `/metrics` and `/readyz` tell.
    ///   - logger: Errors and the access log.
    /// - Throws: When a template, a locale, `openapi.yaml` or the static files cannot be read.
    public init(
        services: PortalServices,
        configuration: WebConfiguration,
        probes: WebProbes = WebProbes(),
        logger: Logger
    ) throws {
        environment = try WebEnvironment(
            services: services,
            configuration: configuration,
            probes: probes,
            logger: logger
        )
        router = try Self.routes(configuration)
        authenticator = Authenticator(services: services)
        idempotency = IdempotencyGuard(services: services, logger: logger)
        finisher = ResponseFinisher(environment: environment)
    }

    /// What an `HTTPServer` is given.
    public var handler: HTTPHandler {
        { request in await respond(to: request) }
    }

    /// Every method and path the application answers, for the test against the API description.
    public var routes: [(method: HTTPMethod, pattern: RoutePattern)] { router.registered }

    /// Answers one request; every failure is an answer too.
    ///
    /// Everything that is done for the request, here or by a task that this one starts, is part of its trace.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        let started = ContinuousClock.now
        let match = router.match(request.method, segments: request.head.target.segments)
        var context = RequestContext(request: request, match: match, environment: environment)
        if !request.method.isSafe { context.pagePath = router.page(above: request.head.target.rawPath) }
        let instrumentation = context.instrumentation
        var response = await InstrumentationContext.withValue(instrumentation) {
            await respond(match, &context)
        }
        response.body = response.body.carrying(instrumentation)
        finisher.finish(&response, context, took: .now - started)
        return response
    }

    private func respond(_ match: Router.Match, _ context: inout RequestContext) async -> HTTPResponse {
        do {
            return try await answer(match, &context)
        } catch {
            return ErrorResponder(environment: environment).response(to: error, context)
        }
    }

    private func answer(_ match: Router.Match, _ context: inout RequestContext) async throws -> HTTPResponse {
        // An unknown page still knows its caller: the error page has the navigation of the signed-in user.
        try await authenticator.authenticate(&context)
        switch match {
        case .notFound:
            throw WebError.notFound()
        case .methodNotAllowed(let pattern, let allow):
            if context.request.method.isSafe, pattern.audience == .page {
                // Who asks for the address of a form, by a bookmark or Enter in the address line, wants its page.
                return .redirect(to: router.page(above: context.request.head.target.rawPath))
            }
            throw WebError.methodNotAllowed(context.request.method, allow: allow)
        case .options(_, let allow):
            var response = HTTPResponse(status: .noContent)
            response.headers.set("Allow", allow.map(\.rawValue).joined(separator: ", "))
            return response
        case .found(_, _, let entry):
            return try await answer(entry, &context)
        }
    }

    private func answer(_ entry: Router.Entry, _ context: inout RequestContext) async throws -> HTTPResponse {
        if entry.access == .signedIn, context.caller == nil {
            guard context.pattern?.audience == .page else { throw WebError.unauthenticated() }
            return SignInRedirect.response(for: context.request)
        }
        try await context.readBody(atMost: entry.body.bytesMax(in: environment.limits))
        try CSRF.check(context)
        return try await idempotency.run(context) { try await PendingAnswer.answering($0, entry.handler) }
    }

    private static func routes(_ configuration: WebConfiguration) throws -> Router {
        var router = Router()
        SessionEndpoints.register(on: &router)
        ProfileEndpoints.register(on: &router)
        AccountEndpoints.register(on: &router)
        OwnSessionEndpoints.register(on: &router)
        CertificateEndpoints.register(on: &router)
        TokenEndpoints.register(on: &router)
        RoleEndpoints.register(on: &router)
        GroupEndpoints.register(on: &router)
        AccessEndpoints.register(on: &router)
        UserEndpoints.register(on: &router)
        InvitationEndpoints.register(on: &router)
        ServiceAccountEndpoints.register(on: &router)
        TenantEndpoints.register(on: &router)
        MemberEndpoints.register(on: &router)
        QuotaEndpoints.register(on: &router)
        QuotaLoanEndpoints.register(on: &router)
        VClusterEndpoints.register(on: &router)
        VClusterActionEndpoints.register(on: &router)
        SnapshotEndpoints.register(on: &router)
        VClusterWatchEndpoint.register(on: &router)
        OperationEndpoints.register(on: &router)
        OperationWatchEndpoint.register(on: &router)
        HostEndpoints.register(on: &router)
        TemplateEndpoints.register(on: &router)
        AccessRuleEndpoints.register(on: &router)
        ApprovalPolicyEndpoints.register(on: &router)
        RequestEndpoints.register(on: &router)
        AuditEndpoints.register(on: &router)
        HealthEndpoints.register(on: &router)
        MetricsEndpoint.register(on: &router)
        try ExplorerEndpoints.register(on: &router, root: configuration.root)
        StaticFileEndpoint.register(on: &router)
        PageRoutes.register(on: &router)
        return router
    }
}
