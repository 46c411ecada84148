import HTTPCore
import HTTPServer
import JSON
import Portal

/// Long-running changes: `/api/v1/operations` and below.
enum OperationEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .operations, handler: list)
        router.on(.get, .operation, handler: show)
        router.on(.post, .operationCancel, handler: cancel)
        router.on(.get, .operationLog, handler: log)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        var query = QueryReader(context.query)
        let filter = OperationFilter(
            tenantID: query.id("tenantId", TenantID.self),
            vclusterID: query.id("vclusterId", VClusterID.self),
            states: query.choices("state", OperationState.self),
            verb: query.choice("verb", OperationVerb.self)
        )
        let page = query.page()
        try query.finish()
        return .json(try await context.services.operations.list(filter, page, as: context.requireCaller()).json)
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        return .json(try await context.services.operations.get(id, as: context.requireCaller()).json)
    }

    private static func cancel(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        try context.requireNoSettings()
        let operation = try await context.services.operations.cancel(id, as: context.requireCaller())
        var response = HTTPResponse.json(["operation": operation.json], status: .accepted)
        response.headers.set("Location", Route.operation(operation.id).path)
        return response
    }

    private static func log(_ context: RequestContext) async throws -> HTTPResponse {
        let id: OperationID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.operations.log(of: id, page, as: context.requireCaller()).json)
    }
}
