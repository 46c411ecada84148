import HTTPCore
import HTTPServer
import Portal

/// The forms on snapshots: taking one on the page of its vcluster, and two that ask first.
enum SnapshotHandlers {
    static func register(on router: inout Router) {
        router.on(.post, .vclusterPageSnapshots, handler: take)
        router.on(.get, .snapshotPageRestore) { try await page($0, .restore) }
        router.on(.post, .snapshotPageRestore, handler: restore)
        router.on(.get, .snapshotPageDelete) { try await page($0, .delete) }
        router.on(.post, .snapshotPageDelete, handler: delete)
    }

    private static func take(_ context: RequestContext) async throws -> HTTPResponse {
        let id: VClusterID = try context.pathID()
        let form = context.form
        return try await context.submit(SnapshotsPanel.takeForm) { caller in
            let new = NewSnapshot(
                name: form.first(named: "name") ?? "",
                description: form.first(named: "description") ?? ""
            )
            _ = try await context.services.vclusters.takeSnapshot(of: id, new, as: caller)
            return (Route.vclusterPage(id).path, .snapshotTake)
        } refused: { refusal in
            try await VClusterHandlers.page(context, refused: refusal)
        }
    }

    private static func restore(_ context: RequestContext) async throws -> HTTPResponse {
        let id: SnapshotID = try context.pathID()
        let version = context.form.first(named: "version")
        return try await context.submit(SnapshotConfirmPage.Question.restore.rawValue) { caller in
            let vclusters = context.services.vclusters
            let vclusterID = try await vclusters.snapshot(id, as: caller).vclusterID
            let change = try await vclusters.restore(vclusterID, from: id, ifMatch: version, as: caller)
            return (Route.operationPage(change.operation.id).path, .snapshotRestore)
        } refused: { refusal in
            try await page(context, .restore, refused: refusal)
        }
    }

    private static func delete(_ context: RequestContext) async throws -> HTTPResponse {
        let id: SnapshotID = try context.pathID()
        return try await context.submit(SnapshotConfirmPage.Question.delete.rawValue) { caller in
            let change = try await context.services.vclusters.deleteSnapshot(id, as: caller)
            return (Route.vclusterPage(change.vcluster.id).path, .snapshotDelete)
        } refused: { refusal in
            try await page(context, .delete, refused: refusal)
        }
    }

    private static func page(
        _ context: RequestContext,
        _ question: SnapshotConfirmPage.Question,
        refused: RefusedForm? = nil
    ) async throws -> HTTPResponse {
        let id: SnapshotID = try context.pathID()
        let caller = try context.requireCaller()
        let snapshot = try await context.services.vclusters.snapshot(id, as: caller)
        let vcluster = try await context.services.vclusters.get(snapshot.vclusterID, as: caller)
        // Who may not do it is told before the question, not after.
        let permission: Permission = question == .restore ? .vclustersRestore : .vclustersSnapshot
        try caller.require(permission, onPath: vcluster.tenantPath, reading: .vclustersRead, noun: "snapshot")
        let responder = PageResponder(context)
        let page = SnapshotConfirmPage(question, snapshot, of: vcluster, refused: refused, responder.writer)
        let status = refused.map { ProblemCode($0.error.code).status } ?? .ok
        return try responder.respond(page, PageResponder.Options(section: .vclusters, status: status))
    }
}
