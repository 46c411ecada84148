import HTTPCore
import HTTPServer
import JSON
import Portal

/// Snapshots of vclusters: `/api/v1/vclusters/{id}/snapshots`, `/api/v1/snapshots/{id}` and the way back.
enum SnapshotEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .vclusterSnapshots, handler: list)
        router.on(.post, .vclusterSnapshots, handler: take)
        router.on(.post, .vclusterRestore, handler: restore)
        router.on(.get, .snapshot, handler: show)
        router.on(.delete, .snapshot, handler: delete)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.vclusters.snapshots(of: id, page, as: context.requireCaller()).json)
    }

    private static func take(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var reader = try context.jsonReader()
        let new = NewSnapshot(
            name: reader.optionalString("name"),
            description: reader.optionalString("description") ?? ""
        )
        try reader.finish()
        let ifMatch = context.request.ifMatch
        let caller = try context.requireCaller()
        return accepted(try await context.services.vclusters.takeSnapshot(of: id, new, ifMatch: ifMatch, as: caller))
    }

    private static func restore(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        var reader = try context.jsonReader()
        let snapshotID = reader.id("snapshotId", SnapshotID.self)
        try reader.finish()
        let ifMatch = context.request.ifMatch
        let caller = try context.requireCaller()
        let vclusters = context.services.vclusters
        return accepted(try await vclusters.restore(id, from: snapshotID, ifMatch: ifMatch, as: caller))
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: SnapshotID = try context.pathID()
        return .json(try await context.services.vclusters.snapshot(id, as: context.requireCaller()).json)
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: SnapshotID = try context.pathID()
        return accepted(try await context.services.vclusters.deleteSnapshot(id, as: context.requireCaller()))
    }

    /// 202 with the operation's place.
    private static func accepted(_ change: SnapshotChange) -> HTTPResponse {
        var response = HTTPResponse.json(change.json, status: .accepted)
        response.headers.set("Location", Route.operation(change.operation.id).path)
        return response.with(change.vcluster.etag)
    }
}
