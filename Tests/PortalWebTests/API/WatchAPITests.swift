import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct WatchAPITests {
    @Test func watch_tellsWhatIsThereAndWhatChanges() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            let description = client.description
            let first = try await portal.createVCluster("first", by: client)["vcluster"]?["id"]?.string ?? ""
            try await portal.waitForPhase("RUNNING", of: first, by: client)

            var iterator = try await client.client.events("/api/v1/vclusters:watch?sendInitial=true")
                .makeAsyncIterator()
            let initial = try #require(try await iterator.next())
            let second = try await portal.createVCluster("second", by: client)["vcluster"]?["id"]?.string ?? ""
            var change = try #require(try await iterator.next())
            while change.data["object"]?["id"]?.string != second { change = try #require(try await iterator.next()) }

            #expect(initial.event == "ADDED")
            #expect(initial.data["object"]?["id"]?.string == first)
            #expect(["ADDED", "MODIFIED"].contains(change.event))
            #expect(change.data["type"]?.string == change.event)
            #expect(change.id != nil)
            for event in [initial, change] {
                let schema = try #require(description.document.resolve("#/components/schemas/VClusterSummary"))
                let object = event.data["object"] ?? .null
                #expect(SchemaCheck.problems(of: object, against: schema, in: description.document) == [])
            }
        }
    }

    @Test func watch_goesOnAfterTheLastEvent() async throws {
        try await withPortal(.working) { portal in
            let client = try await portal.checked(as: .member)
            var iterator = try await client.client.events("/api/v1/vclusters:watch").makeAsyncIterator()
            _ = try await portal.createVCluster("first", by: client)
            let position = try #require(try await iterator.next()?.id)
            let second = try await portal.createVCluster("second", by: client)["vcluster"]?["id"]?.string

            var resumed = try await client.client.events(
                "/api/v1/vclusters:watch?sendInitial=true",
                headers: ["Last-Event-ID": position]
            ).makeAsyncIterator()

            var event = try #require(try await resumed.next())
            while event.data["object"]?["id"]?.string != second { event = try #require(try await resumed.next()) }
            #expect(event.id != nil)
        }
    }

    @Test func watch_hidesOtherTenants() async throws {
        try await withPortal(.working) { portal in
            let stranger = try await portal.checked(as: .stranger)
            let member = try await portal.checked(as: .member)
            var iterator = try await stranger.client.events("/api/v1/vclusters:watch").makeAsyncIterator()
            _ = try await portal.createVCluster("hidden", by: member)

            let own: JSONValue = ["tenantId": .string(portal.organization.data.id.description), "name": "own"]
            #expect(try await stranger.post("/api/v1/vclusters", own).status == 202)

            let first = try #require(try await iterator.next())
            #expect(first.data["object"]?["name"] == "own")
        }
    }

    @Test func watch_refusesWhatItCannotServe() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let position = try await client.get("/api/v1/vclusters:watch", headers: ["Last-Event-ID": "yesterday"])
            let flag = try await client.get("/api/v1/vclusters:watch?sendInitial=maybe")
            let tenant = try await client.get("/api/v1/vclusters:watch?tenantId=\(portal.organization.data.id)")

            #expect(position.status == 400 && position.errorFields == ["Last-Event-ID"])
            #expect(flag.status == 400 && flag.errorFields == ["sendInitial"])
            #expect(tenant.status == 404)
        }
    }

    @Test func watch_limitsStreams() async throws {
        var options = TestPortalOptions.working
        options.limits.eventStreamsPerCallerMax = 1
        options.limits.eventStreamsMax = 2
        try await withPortal(options) { portal in
            let member = try await portal.checked(as: .member)
            let stranger = try await portal.checked(as: .stranger)
            let admin = try await portal.checked(as: .admin)

            let first = try await member.client.events("/api/v1/vclusters:watch")
            let second = try await stranger.client.events("/api/v1/vclusters:watch")
            let tooMany = try await member.get("/api/v1/vclusters:watch")
            let full = try await admin.get("/api/v1/vclusters:watch")

            #expect(full.status == 503)
            #expect(full.headers["Retry-After"] != nil)
            #expect([429, 503].contains(tooMany.status))
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test func gate_givesPlacesBack() throws {
        let gate = EventStreamGate()
        var limits = WebLimits()
        limits.eventStreamsPerCallerMax = 1
        let user = UserID()

        let place = try gate.enter(user, limits: limits)
        #expect(throws: PortalError.self) { try gate.enter(user, limits: limits) }
        place.leave()
        place.leave()
        #expect(gate.openCount == 0)
        do { _ = try gate.enter(user, limits: limits) }
        #expect(gate.openCount == 0)
    }

    @Test func summary_isThatOfTheList() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let created = try await portal.createVCluster(by: client)
            let caller = portal.organization.member
            let id = try #require(VClusterID(created["vcluster"]?["id"]?.string ?? ""))

            let listed = try await portal.services.vclusters.list(as: caller).items[0]
            let summary = try await portal.services.vclusters.summary(id, as: caller)
            let hidden = await #expect(throws: PortalError.self) {
                _ = try await portal.services.vclusters.summary(id, as: portal.organization.stranger)
            }

            #expect(summary == listed)
            #expect(summary.activeOperationID != nil && summary.activeVerb == .create)
            #expect(hidden?.code == .notFound)
        }
    }
}
