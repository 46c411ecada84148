import HTTPCore
import HTTPServer
import JSON
import Portal

/// Ready-made specs: `/api/v1/templates`.
enum TemplateEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .templates, handler: list)
        router.on(.post, .templates, handler: create)
        router.on(.get, .template, handler: show)
        router.on(.patch, .template, handler: update)
        router.on(.delete, .template, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let page = try context.page()
        return .json(try await context.services.templates.list(page, as: context.requireCaller()).json)
    }

    private static func create(_ context: RequestContext) async throws -> HTTPResponse {
        var reader = try context.jsonReader()
        let name = reader.string("name")
        let description = reader.optionalString(
            "description",
            charactersMax: PortalLimits.Templates.descriptionLengthMax
        )
        let environment = reader.optionalChoice("environment", VClusterEnvironment.self)
        let spec = reader.object("spec")
        try reader.finish()
        let template = try await context.services.templates.create(
            NewTemplate(
                name: name,
                description: description ?? "",
                environment: environment?.rawValue,
                spec: .object(spec)
            ),
            as: context.requireCaller()
        )
        return .created(template.json, at: .template(template.id)).with(template.etag)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TemplateID = try context.pathID()
        let template = try await context.services.templates.get(id, as: context.requireCaller())
        return .json(template.json).with(template.etag)
    }

    private static func update(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TemplateID = try context.pathID()
        var reader = try context.jsonReader()
        let descriptionMax = PortalLimits.Templates.descriptionLengthMax
        var change = TemplateChange(
            name: reader.optionalString("name"),
            description: reader.optionalString("description", charactersMax: descriptionMax),
            environment: reader.optionalChoice("environment", VClusterEnvironment.self)?.rawValue,
            spec: reader.optionalObject("spec").map { .object($0) }
        )
        // The domain removes by an empty text what the API removes by null.
        if reader.contains("environment"), change.environment == nil { change.environment = "" }
        try reader.finish()
        let template = try await context.services.templates.update(
            id,
            change,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return .json(template.json).with(template.etag)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TemplateID = try context.pathID()
        try await context.services.templates.delete(
            id,
            ifMatch: context.request.ifMatch,
            as: context.requireCaller()
        )
        return HTTPResponse(status: .noContent)
    }
}
