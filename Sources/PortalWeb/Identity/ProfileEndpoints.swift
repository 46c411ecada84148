import HTTPCore
import HTTPServer
import JSON
import Portal

/// The caller's own profile: `/api/v1/me`.
enum ProfileEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .me, handler: show)
        router.on(.patch, .me, handler: update)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        try query.finish()
        let caller = try context.requireCaller()
        return try await profile(caller.user, caller, context)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let caller = try context.requireCaller()
        var preferences = UserPreferences(of: try await context.services.identity.me(as: caller))
        var reader = try context.jsonReader()
        let change = PreferencesChange(&reader, hasTheme: true)
        try reader.finish()
        change.apply(to: &preferences)
        let user = try await context.services.identity.updatePreferences(preferences, as: caller)
        return try await profile(user, caller, context)
    }

    private static func profile(
        _ user: User,
        _ caller: Caller,
        _ context: RequestContext
    ) async throws -> HTTPResponse {
        let memberships = try await context.services.identity.memberships(as: caller)
        let credential =
            switch caller.via {
            case .token: "token"
            case .certificate: "certificate"
            case .session, .request, .system: "session"
            }
        return .json([
            "user": user.json,
            "roles": .array(memberships.map(\.json)),
            "credential": .string(credential),
            "csrfToken": JSONValue(context.csrfToken),
        ])
    }
}

extension Membership {
    /// A member of `roles` in the schema `Me` of openapi.yaml.
    var json: JSONValue {
        [
            "tenantId": .string(tenantID.description),
            "tenantName": .string(tenantName),
            "tenantPath": .array(tenantPath.map { .string($0.description) }),
            "role": binding.role.json,
            "roleName": .string(binding.roleName),
            "groupName": groupName.map { .string($0) } ?? .null,
            "permissions": Permission.json(binding.permissions),
        ]
    }
}
