import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct OperationAPITests {
    @Test func operations_areListedAndShownWithSteps() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let created = try await portal.createVCluster(by: client)
            let id = try #require(created["operation"]?["id"]?.string)
            let vcluster = try #require(created["vcluster"]?["id"]?.string)

            let list = try await client.get("/api/v1/operations?vclusterId=\(vcluster)&state=pending&verb=create").json
            let one = try await client.get("/api/v1/operations/\(id)").json

            #expect(list["items"]?.array?.compactMap { $0["id"]?.string } == [id])
            #expect(list["items"]?[0]?["steps"]?.array?.isEmpty == true)
            #expect(one["steps"]?.array?.isEmpty == false)
            let weights = one["steps"]?.array?.compactMap { $0["weight"]?.int } ?? []
            #expect(weights.reduce(0, +) == 100)
            let stranger = try await portal.checked(as: .stranger)
            #expect(try await stranger.get("/api/v1/operations/\(id)").status == 404)
            #expect(try await stranger.get("/api/v1/operations/\(id)/log").status == 404)
            #expect(try await stranger.get("/api/v1/operations/\(id)/events").status == 404)
            #expect(try await stranger.post("/api/v1/operations/\(id)/cancel").status == 404)
        }
    }

    @Test func cancel_stopsAPendingOperation() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["operation"]?["id"]?.string)
            let viewer = try await portal.checked(as: .viewer)

            let forbidden = try await viewer.post("/api/v1/operations/\(id)/cancel")
            let cancelled = try await client.post("/api/v1/operations/\(id)/cancel")
            let again = try await client.post("/api/v1/operations/\(id)/cancel")

            #expect(forbidden.status == 403)
            #expect(forbidden.json["missingPermission"] == "operations.cancel")
            #expect(cancelled.status == 202, "\(cancelled.text)")
            #expect(cancelled.headers["Location"] == "/api/v1/operations/\(id)")
            #expect([202, 409].contains(again.status))
        }
    }

    @Test func log_keepsWhatTheStepsWrote() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let created = try await portal.createVCluster(by: client)
            let id = try #require(created["operation"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: created["vcluster"]?["id"]?.string ?? "", by: client)

            let log = try await client.get("/api/v1/operations/\(id)/log?pageSize=200").json

            let texts = log["items"]?.array?.compactMap { $0["text"]?.string } ?? []
            #expect(texts.contains { $0.contains("is installed") }, "\(texts)")
        }
    }

    @Test func events_followAnOperationToItsEnd() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let id = try #require(try await portal.createVCluster(by: client)["operation"]?["id"]?.string)

            var progress: [Int64] = []
            var last: TestEvent?
            for try await event in try await client.client.events("/api/v1/operations/\(id)/events") {
                progress.append(event.data["progress"]?.int ?? -1)
                last = event
            }

            #expect(last?.event == "finished")
            #expect(last?.data["state"] == "succeeded")
            #expect(progress.last == 100)
            #expect(progress == progress.sorted(), "progress never falls")
        }
    }

    @Test func events_ofAFinishedOperationEndAtOnce() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let created = try await portal.createVCluster(by: client)
            let id = try #require(created["operation"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: created["vcluster"]?["id"]?.string ?? "", by: client)
            for try await _ in try await client.client.events("/api/v1/operations/\(id)/events") {}

            var events: [String] = []
            for try await event in try await client.client.events("/api/v1/operations/\(id)/events") {
                events.append(event.event)
            }

            #expect(events == ["finished"])
        }
    }
}
