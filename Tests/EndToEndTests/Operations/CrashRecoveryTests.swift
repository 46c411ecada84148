import Foundation
import Postgres
import Testing

/// `kill -9` at every step boundary: the operation finishes on the next server, once, and never goes back.
@Suite(.timeLimit(.minutes(3)))
struct CrashRecoveryTests {
    /// What a caller asks for; a purge is a delete with no grace period.
    enum Change: String, CaseIterable, Sendable {
        case create, suspend, delete, purge

        /// How many steps the operation has; a test of its own would only repeat the plan.
        var stepCount: Int { self == .create ? 6 : 3 }

        /// What is left when the change is done.
        var finalPhase: String {
            switch self {
            case .create: "RUNNING"
            case .suspend: "SUSPENDED"
            case .delete, .purge: "DELETED"
            }
        }

        /// What the event at the end is called.
        var doneReason: String {
            switch self {
            case .create: "Created"
            case .suspend: "Suspended"
            case .delete: "Deleted"
            case .purge: "Purged"
            }
        }
    }

    /// The two sides of a boundary.
    enum Side: String, CaseIterable, Sendable {
        /// The host has done what the step asks for, the database does not know it yet.
        case beforeCommit
        /// The database knows, and the next step has just begun.
        case afterCommit
    }

    @Test(arguments: Change.allCases, Side.allCases)
    func everyStepBoundary_survivesAKill(change: Change, side: Side) async throws {
        try await Site.with(latencyMilliseconds: 30) { site in
            let crashes = CrashSite(site: site)
            try await crashes.arm()
            var server = try await site.start()
            defer { server.process.kill() }
            let vclusters = try await crashes.prepare(change, count: change.stepCount, on: server)

            for boundary in 1...change.stepCount {
                let label = Comment(rawValue: "\(change) killed \(side) of step \(boundary)")

                let operation = try await crashes.kill(server, at: boundary, side) {
                    try await crashes.begin(change, of: vclusters[boundary - 1], on: server)
                }
                server = try await site.start()
                try await crashes.waitForEnd(of: operation)

                try await crashes.expectDoneOnce(operation, change, of: vclusters[boundary - 1].name, label)
            }
            // Nothing was made beside what was asked for.
            let row = try await site.row("SELECT count(*) AS count FROM vclusters")
            #expect(try row.decode("count", as: Int64.self) == Int64(change.stepCount))
        }
    }
}
