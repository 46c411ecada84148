import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Testing

/// Reading operations and their logs.
struct OperationListTests {
    @Test func list_filtersPagesAndHides() async throws {
        try await Engine.with { engine in
            let web = try await engine.running("web")
            _ = try await engine.running("db")
            let suspension = try await engine.vclusters.suspend(web.id, as: engine.acme.member)
            try await engine.ended(suspension.operation.id)
            func verbs(_ filter: OperationFilter, as caller: Caller) async throws -> [String] {
                try await engine.operations.list(filter, as: caller).items.map {
                    "\($0.vclusterName) \($0.verb.rawValue)"
                }
            }
            let all = ["web suspend", "db create", "web create"]

            #expect(try await verbs(OperationFilter(), as: engine.acme.admin) == all)
            #expect(try await verbs(OperationFilter(), as: engine.acme.viewer) == all)
            #expect(try await verbs(OperationFilter(), as: engine.acme.stranger) == [])
            #expect(try await verbs(OperationFilter(vclusterID: web.id), as: engine.acme.viewer) == [all[0], all[2]])
            #expect(try await verbs(OperationFilter(verb: .suspend), as: engine.acme.viewer) == [all[0]])
            #expect(try await verbs(OperationFilter(states: [.failed]), as: engine.acme.viewer) == [])
            #expect(try await verbs(OperationFilter(tenantID: engine.acme.payments.id), as: engine.acme.manager) == all)
            await expect(.notFound) {
                try await verbs(OperationFilter(tenantID: engine.acme.data.id), as: engine.acme.viewer)
            }
            let first = try await engine.operations.list(
                OperationFilter(),
                try PageRequest(size: 2),
                as: engine.acme.viewer
            )
            let second = try await engine.operations.list(
                OperationFilter(),
                try PageRequest(size: 2, token: first.nextPageToken),
                as: engine.acme.viewer
            )
            #expect(first.items.count == 2)
            #expect(second.items.map(\.verb) == [.create])
            #expect(second.nextPageToken == nil)
        }
    }

    @Test func get_hidesForeignOperationsAndTheirLogs() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.create().operation.id

            await expect(.notFound) { try await engine.operations.get(id, as: engine.acme.stranger) }
            await expect(.notFound) { try await engine.operations.log(of: id, as: engine.acme.stranger) }
            await expect(.notFound) { try await engine.operations.get(OperationID(), as: engine.acme.admin) }
        }
    }

    @Test func log_isPagedAndBounded() async throws {
        var limits = Engine.limits
        limits.operations.logLinesMax = 3
        limits.operations.logLineLengthMax = 10
        try await Engine.with(limits: limits) { engine in
            let change = try await engine.create("averylongname")
            try await engine.ended(change.operation.id)
            try await engine.vclusters.scale(
                change.vcluster.id,
                to: ["resources": ["requests": ["cpu": "1"]]],
                as: engine.acme.member
            )
            try await engine.reach(.running, change.vcluster.id)

            let first = try await engine.operations.log(
                of: change.operation.id,
                try PageRequest(size: 1),
                as: engine.acme.viewer
            )
            let second = try await engine.operations.log(
                of: change.operation.id,
                try PageRequest(size: 1, token: first.nextPageToken),
                as: engine.acme.viewer
            )

            #expect(first.items.map(\.text) == ["installing …"])
            #expect(first.items.first?.step == "install")
            #expect(second.items.map(\.text) == ["STATUS: de …"])
            #expect(second.nextPageToken == nil)
        }
    }
}
