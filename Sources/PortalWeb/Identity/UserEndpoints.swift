import HTTPCore
import HTTPServer
import JSON
import Portal

/// The accounts of people, for admins: `/api/v1/users`.
enum UserEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .users, handler: list)
        router.on(.post, .users, handler: create)
        router.on(.get, .user, handler: show)
        router.on(.patch, .user, handler: update)
        router.on(.post, .userDisable) { try await setDisabled(true, $0) }
        router.on(.post, .userEnable) { try await setDisabled(false, $0) }
        router.on(.post, .userResetPassword, handler: resetPassword)
        router.on(.get, .userTokens, handler: tokens)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let search = query.string("q")
        let page = query.page()
        try query.finish()
        let identity = context.services.identity
        return .json(try await identity.listUsers(search: search, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        var new = NewUser(
            email: reader.string("email", charactersMax: PortalLimits.Identity.emailLengthMax),
            name: reader.string("name", charactersMax: PortalLimits.Identity.nameLengthMax),
            password: reader.optionalString("password", charactersMax: PortalLimits.Identity.passwordLengthMax),
            locale: reader.optionalChoice("locale", UserLocale.self)
        )
        new.timeZone = reader.optionalString("timeZone", charactersMax: 64) ?? new.timeZone
        try reader.finish()
        let user = try await context.services.identity.createUser(new, as: context.requireCaller())
        return .created(user.json, at: .user(user.id)).with(user.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let user = try await context.services.identity.getUser(context.pathID(), as: context.requireCaller())
        return .json(user.json).with(user.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        var reader = try context.jsonReader()
        let change = PreferencesChange(&reader, hasTheme: false)
        try reader.finish()
        let caller = try context.requireCaller()
        let ifMatch = context.request.ifMatch
        let user = try await context.services.identity.updateUser(id, ifMatch: ifMatch, as: caller) {
            change.apply(to: &$0)
        }
        return .json(user.json).with(user.etag)
    }

    private static func setDisabled(_ isDisabled: Bool, _ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        try context.requireNoSettings()
        let caller = try context.requireCaller()
        let user = try await context.services.identity.setDisabled(isDisabled, user: id, as: caller)
        return .json(user.json).with(user.etag)
    }

    private static func resetPassword(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        try context.requireNoSettings()
        let issued = try await context.services.identity.issuePasswordReset(for: id, as: context.requireCaller())
        let body: JSONValue = [
            "link": .string(context.absolute(.passwordResetPage(issued.secret))),
            "expiresAt": .string(RFC3339.format(issued.link.expiresAt)),
        ]
        var response = HTTPResponse.json(body, status: .created)
        response.compression = .never
        return response
    }

    private static func tokens(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.identity.listTokens(of: id, page, as: context.requireCaller()).json)
    }
}
