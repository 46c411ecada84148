import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Where a stream begins and goes on.
@Suite(.timeLimit(.minutes(1)))
struct WatchResumeTests {
    @Test func watch_resumesFromItsBeginning() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try await portal.createVCluster("first", by: client)["vcluster"]?["id"]?.string ?? ""
            try await portal.waitForPhase("RUNNING", of: id, by: client)

            var blocks = try await client.client.blocks("/api/v1/vclusters:watch?sendInitial=true").makeAsyncIterator()
            let initial = try #require(try await blocks.next())
            let start = try #require(try await blocks.next())
            try await portal.remove(id, by: client)
            var resumed = try await client.client.events(
                "/api/v1/vclusters:watch?sendInitial=true",
                headers: ["Last-Event-ID": start.id ?? ""]
            ).makeAsyncIterator()
            var event = try #require(try await resumed.next())
            while event.event != "DELETED" { event = try #require(try await resumed.next()) }

            #expect(initial.event == "ADDED" && initial.id == nil, "an unfinished list has to be sent again")
            #expect(start.isPosition)
            #expect(event.data["object"]?["id"]?.string == id)
        }
    }

    @Test func watch_givesAPositionBeforeAnythingHappens() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)

            var blocks = try await client.client.blocks("/api/v1/vclusters:watch").makeAsyncIterator()
            let start = try #require(try await blocks.next())
            let id = try await portal.createVCluster("first", by: client)["vcluster"]?["id"]?.string
            var resumed = try await client.client.events(
                "/api/v1/vclusters:watch",
                headers: ["Last-Event-ID": start.id ?? ""]
            ).makeAsyncIterator()

            #expect(start.isPosition && start.id != nil)
            #expect(try await resumed.next()?.data["object"]?["id"]?.string == id)
        }
    }
}

extension TestPortal {
    /// Removes a vcluster for good, and returns when that is done.
    fileprivate func remove(_ id: String, by client: CheckedClient) async throws {
        let answer = try await client.delete("/api/v1/vclusters/\(id)?gracePeriodSeconds=0")
        let operation = try #require(answer.json["operation"]?["id"]?.string, "\(answer.text)")
        for try await event in try await client.client.events("/api/v1/operations/\(operation)/events") {
            if event.event == "finished" { #expect(event.data["state"] == "succeeded") }
        }
    }
}
