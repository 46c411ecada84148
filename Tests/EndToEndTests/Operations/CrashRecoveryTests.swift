import Foundation
import JSON
import PortalTesting
import Postgres
import Testing

/// `kill -9` at every step boundary: the operation finishes on the next server, once, and never goes back.
@Suite(.serialized)
struct CrashRecoveryTests {
    /// Verbs and the path that starts them; a purge is a delete with no grace period.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case create, suspend, delete, purge

        var testDescription: String { rawValue }

        /// What is left when the change is done.
        var finalPhase: String {
            switch self {
            case .create: "RUNNING"
            case .suspend: "SUSPENDED"
            case .delete, .purge: "DELETED"
            }
        }
    }

    @Test(arguments: Change.allCases)
    func everyStepBoundary_survivesAKill(change: Change) async throws {
        let boundaries = try await Self.run(change, killingAfterStep: nil)
        #expect(boundaries > 1)

        // Boundaries are independent: each has its own database and server, a few at a time.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for boundary in 0..<boundaries {
                if boundary >= 3 { try await group.next() }
                group.addTask { _ = try await Self.run(change, killingAfterStep: boundary) }
            }
            try await group.waitForAll()
        }
    }

    /// Carries out one change, kills the server when step `boundary` is done, and lets a second server finish.
    ///
    /// - Returns: How many steps the operation has.
    private static func run(_ change: Change, killingAfterStep boundary: Int?) async throws -> Int {
        try await TestDatabase.withLease(content: .migrated) { lease in
            let scene = try await Scene.make(on: lease)
            var server = try await PortalProcess.start(database: lease.url)
            defer { server.process.kill() }
            let operation = try await scene.start(change, on: server)
            if let boundary {
                let before = try await scene.waitForStep(boundary, of: operation)
                server.process.kill()
                await server.process.waitUntilEnd()
                let left = try await scene.progress(of: operation)
                #expect(left >= before, "\(change) step \(boundary): progress went back at the kill")
                server = try await PortalProcess.start(database: lease.url)
            }
            try await scene.waitForEnd(of: operation, label: "\(change) killed after step \(boundary ?? -1)")
            try await scene.expectExactlyOne(after: change)
            return try await scene.stepCount(of: operation)
        }
    }
}

/// One tenant, one simulated host and one vcluster, seen by SQL so that it can be watched while no server runs.
private struct Scene {
    let database: PostgresDatabase
    let url: String
    let tenant: String
    let host: String

    static func make(on lease: TestDatabase) async throws -> Scene {
        try await PortalProcess.run(["demo", "--without-vclusters"], database: lease.url)
        // One host that takes its time, so that a kill finds the operation on its way.
        let rows = try await lease.database.query(
            """
            SELECT (SELECT id FROM tenants WHERE name = 'Payments') AS tenant,
                   (SELECT id FROM hosts ORDER BY name LIMIT 1) AS host
            """
        )
        let row = try #require(rows.first)
        let host: UUID = try row.decode("host")
        let tenant: UUID = try row.decode("tenant")
        try await lease.database.execute(
            "UPDATE hosts SET settings = jsonb_set(settings, '{latencyMilliseconds}', '60') WHERE id = \(host)"
        )
        return Scene(
            database: lease.database,
            url: lease.url,
            tenant: tenant.uuidString.lowercased(),
            host: host.uuidString.lowercased()
        )
    }

    /// Begins the change and returns its operation.
    func start(_ change: CrashRecoveryTests.Change, on server: PortalProcess) async throws -> UUID {
        let client = try await APIClient.signIn(server.url, email: "member.payments@acme.example")
        let created = try await client.post(
            "/api/v1/vclusters",
            ["tenantId": .string(tenant), "hostId": .string(host), "name": "crash", "spec": [:]]
        )
        let create = try Self.operation(created)
        guard change != .create else { return create }
        try await waitForEnd(of: create, label: "the create before \(change)")
        let path = "/api/v1/vclusters/\(created["vcluster"]?["id"]?.string ?? "")"
        return switch change {
        case .create: create
        case .suspend: try Self.operation(await client.post(path + "/suspend"))
        case .delete: try Self.operation(await client.delete(path))
        case .purge: try Self.operation(await client.delete(path + "?gracePeriodSeconds=0"))
        }
    }

    private static func operation(_ answer: JSONValue) throws -> UUID {
        try #require(answer["operation"]?["id"]?.string.flatMap { UUID(uuidString: $0) }, "\(answer)")
    }

    /// Waits until the step at `position` is done and returns the progress of that moment.
    func waitForStep(_ position: Int, of operation: UUID) async throws -> Int {
        try await poll("step \(position)") {
            let rows = try await database.query(
                """
                SELECT o.progress FROM operation_steps s JOIN operations o ON o.id = s.operation_id
                WHERE o.id = \(operation) AND s.finished_at IS NOT NULL
                ORDER BY s.position OFFSET \(position) LIMIT 1
                """
            )
            return try rows.first.map { try Int($0.decode("progress", as: Int16.self)) }
        }
    }

    /// Waits for success and checks on the way that progress only grows.
    func waitForEnd(of operation: UUID, label: String) async throws {
        var highest = try await progress(of: operation)
        let state: String = try await poll(label) {
            let now = try await progress(of: operation)
            #expect(now >= highest, "\(label): progress went from \(highest) to \(now)")
            highest = now
            let rows = try await database.query(
                "SELECT state FROM operations WHERE id = \(operation) AND finished_at IS NOT NULL LIMIT 1"
            )
            return try rows.first?.decode("state")
        }
        #expect(state == "succeeded", "\(label) ended as \(state)")
    }

    func progress(of operation: UUID) async throws -> Int {
        let rows = try await database.query("SELECT progress FROM operations WHERE id = \(operation) LIMIT 1")
        return try Int(#require(rows.first).decode("progress", as: Int16.self))
    }

    func stepCount(of operation: UUID) async throws -> Int {
        let rows = try await database.query(
            "SELECT count(*) AS steps FROM operation_steps WHERE operation_id = \(operation)"
        )
        return try Int(#require(rows.first).decode("steps", as: Int64.self))
    }

    /// One vcluster, at most one release, installed once.
    func expectExactlyOne(after change: CrashRecoveryTests.Change) async throws {
        let vclusters = try await database.query("SELECT phase FROM vclusters ORDER BY id LIMIT 10")
        #expect(try vclusters.map { try $0.decode("phase", as: String.self) } == [change.finalPhase])
        let releases = try await database.query(
            "SELECT state, install_count FROM simulated_releases ORDER BY namespace LIMIT 10"
        )
        #expect(releases.count == (change == .purge ? 0 : 1))
        for release in releases {
            #expect(try release.decode("install_count", as: Int.self) == 1)
        }
    }

    private func poll<R>(_ what: String, _ look: () async throws -> R?) async throws -> R {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let found = try await look() { return found }
            try await Task.sleep(for: .milliseconds(5))  // polls another process, which is about to be killed
        }
        throw APIClient.Failure(description: "waited in vain for \(what)")
    }
}
