import HTTPCore
import HTTPServer
import Portal

/// Groups and their members: `/api/v1/groups`.
enum GroupEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .groups, handler: list)
        router.on(.post, .groups, handler: create)
        router.on(.get, .group, handler: show)
        router.on(.patch, .group, handler: update)
        router.on(.delete, .group, handler: delete)
        router.on(.get, .groupMembers, handler: members)
        router.on(.post, .groupMembers, handler: addMember)
        router.on(.delete, .groupMembers, handler: removeMember)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let tenantID = query.id("tenantId", TenantID.self)
        let search = query.string("q")
        let page = query.page()
        try query.finish()
        let groups = context.services.groups
        return .json(try await groups.list(usableAt: tenantID, search: search, page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let tenantID = reader.id("tenantId", TenantID.self)
        var new = NewGroup(name: reader.string("name"))
        new.description = reader.optionalString("description") ?? ""
        new.externalID = reader.optionalString("externalId")
        new.provider = reader.optionalString("provider")
        if new.provider == nil { new.provider = context.onlyProvider }
        try reader.finish()
        let group = try await context.services.groups.create(new, at: tenantID, as: context.requireCaller())
        return .created(group.json, at: .group(group.id)).with(group.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let group = try await context.services.groups.get(context.pathID(), as: context.requireCaller())
        return .json(group.json).with(group.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        var reader = try context.jsonReader()
        let name = reader.optionalString("name")
        let description = reader.optionalString("description")
        let changesExternalID = reader.contains("externalId")
        let externalID = reader.optionalString("externalId")
        let changesProvider = reader.contains("provider")
        let provider = reader.optionalString("provider")
        try reader.finish()
        let group = try await context.services.groups.update(
            id,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        ) { group in
            group.name = name ?? group.name
            group.description = description ?? group.description
            if changesExternalID { group.externalID = externalID }
            if changesProvider { group.provider = provider }
            if group.provider == nil { group.provider = context.onlyProvider }
        }
        return .json(group.json).with(group.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        try await context.services.groups.delete(
            context.pathID(),
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return HTTPResponse(status: .noContent)
    }

    private static func members(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.groups.members(of: id, page, as: context.requireCaller()).json)
    }

    private static func addMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        var reader = try context.jsonReader()
        let email = reader.optionalString("email", charactersMax: PortalLimits.Identity.emailLengthMax)
        let userID = reader.optionalID("userId", UserID.self)
        if reader.contains("email") == reader.contains("userId") || email?.isEmpty == true {
            reader.fail("email", FieldErrorCode.required, "is required, or userId instead of it")
        }
        try reader.finish()
        let (groups, caller) = (context.services.groups, try context.requireCaller())
        if let userID {
            try await groups.addMember(userID, to: id, as: caller)
        } else {
            guard let email else { throw PortalError.invalid("email", FieldErrorCode.required, "must not be null") }
            try await groups.addMember(email: email, to: id, as: caller)
        }
        return HTTPResponse(status: .noContent)
    }

    private static func removeMember(_ context: RequestContext) async throws -> HTTPResponse {
        let id: GroupID = try context.pathID()
        var query = QueryReader(context.query)
        let userID = query.id("userId", UserID.self)
        if userID == nil { query.require("userId") }
        try query.finish()
        // It is there: a missing one was an error above.
        guard let userID else { throw WebError.notFound() }
        try await context.services.groups.removeMember(userID, from: id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}

extension RequestContext {
    /// The identity provider that is meant when none is named: the only one that there is.
    var onlyProvider: String? {
        let offers = services.providers.offers
        return offers.count == 1 ? offers.first?.id : nil
    }
}
