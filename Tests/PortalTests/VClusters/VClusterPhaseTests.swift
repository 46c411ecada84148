import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// The phase table of the domain rules: as a value, and through the services.
struct VClusterPhaseTests {
    /// The table word for word: everything not in it is 409.
    static let table: [VClusterPhase: Set<VClusterAction>] = [
        .running: [.suspend, .scale, .update, .delete, .snapshot, .restore],
        .suspended: [.resume, .delete, .restore],
        .error: [.resume, .scale, .update, .delete, .retry, .restore],
        .pending: [.delete],
        .deleted: [.undelete, .purge],
    ]

    @Test(arguments: VClusterPhase.allCases)
    func allowedActions_areThoseOfTheTable(_ phase: VClusterPhase) {
        let allowed = Self.table[phase] ?? []
        for action in VClusterAction.allCases {
            #expect(phase.allows(action) == allowed.contains(action), "\(phase.rawValue) \(action.rawValue)")
        }
        #expect(phase.allowedActions == VClusterAction.allCases.filter { allowed.contains($0) })
    }

    @Test(arguments: VClusterPhase.allCases)
    func services_followTheTable(_ phase: VClusterPhase) async throws {
        let verbs = VClusterAction.allCases
        try await Engine.with(workers: 0) { engine in
            for verb in verbs {
                let id = try await engine.vcluster(named: "c-\(verb.rawValue)", in: phase)
                let isAllowed = phase.allows(verb) || (verb == .purge && phase.allows(.delete))

                let error = await Self.refusal { try await engine.perform(verb, on: id) }

                #expect((error == nil) == isAllowed, "\(phase.rawValue) \(verb.rawValue): \(String(describing: error))")
                guard let error, !isAllowed else { continue }
                #expect(error.code == .invalidPhase)
                #expect(error.extensions["phase"]?.string == phase.rawValue)
                let allowed = error.extensions["allowedActions"]?.array?.compactMap(\.string)
                #expect(allowed == phase.allowedActions.map(\.rawValue))
            }
        }
    }

    private static func refusal(_ body: () async throws -> Void) async -> PortalError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? PortalError ?? PortalError(wrapping: error)
        }
    }
}

extension Engine {
    /// A vcluster whose row was put into a phase by hand, with an operation where the phase needs one.
    func vcluster(named name: String, in phase: VClusterPhase) async throws -> VClusterID {
        let change = try await create(name)
        guard phase != .pending else { return change.vcluster.id }
        let id = change.vcluster.id
        let operation: SQL = phase.isTransitional ? "active_operation_id" : "NULL"
        if !phase.isTransitional {
            try await database.execute(
                """
                UPDATE operations SET state = 'succeeded', progress = 100, finished_at = \(time.now())
                WHERE id = \(change.operation.id)
                """
            )
        }
        try await database.execute(
            """
            UPDATE vclusters SET phase = \(phase), active_operation_id = \(sql: operation), version = version + 1,
                reason = CASE WHEN \(phase) = 'ERROR' THEN 'Unknown' END,
                deleted_at = CASE WHEN \(phase) = 'DELETED' THEN \(time.now())::timestamptz END,
                purge_at = CASE WHEN \(phase) = 'DELETED' THEN \(time.now())::timestamptz END
            WHERE id = \(id)
            """
        )
        return id
    }

    /// A snapshot whose row was written by hand.
    func snapshot(of id: VClusterID) async throws -> SnapshotID {
        let snapshotID = SnapshotID()
        try await database.execute(
            """
            INSERT INTO snapshots (
                id, tenant_id, vcluster_id, reserved_bytes, created_at, ready_at, state, name, location,
                created_by_name, spec
            )
            SELECT \(snapshotID), tenant_id, id, 0, created_at, created_at, 'ready', 'by-hand', 'container:///data/x',
                '', spec
            FROM vclusters WHERE id = \(id)
            """
        )
        return snapshotID
    }

    /// Asks for an action as the member of Payments.
    func perform(_ action: VClusterAction, on id: VClusterID) async throws {
        switch action {
        case .suspend: try await vclusters.suspend(id, as: acme.member)
        case .resume: try await vclusters.resume(id, as: acme.member)
        case .scale:
            try await vclusters.scale(id, to: ["resources": ["requests": ["cpu": "500m"]]], as: acme.member)
        case .update:
            try await vclusters.update(id, VClusterPatch(spec: ["isolation": "lite"]), as: acme.member)
        case .delete: try await vclusters.delete(id, as: acme.member)
        case .undelete: try await vclusters.undelete(id, as: acme.member)
        case .retry: try await vclusters.retry(id, as: acme.member)
        case .purge: try await vclusters.delete(id, gracePeriod: .zero, as: acme.member)
        case .snapshot: try await vclusters.takeSnapshot(of: id, as: acme.member)
        case .restore: try await vclusters.restore(id, from: try await snapshot(of: id), as: acme.member)
        }
    }
}
