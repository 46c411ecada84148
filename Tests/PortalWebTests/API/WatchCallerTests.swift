import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// What streams tell whom: by the roles of now, not by those of the request that opened them.
@Suite(.timeLimit(.minutes(1)))
struct WatchCallerTests {
    /// A portal whose streams look at their caller before each event, and every second.
    private static var watchful: TestPortalOptions {
        var options = TestPortalOptions.working
        options.limits.eventCallerSeconds = 0
        options.limits.eventHeartbeatSeconds = 1
        return options
    }

    @Test func watch_showsVClustersToThoseWhoReadNoOperations() async throws {
        try await withPortal(.working) { portal in
            let member = try await portal.checked(as: .member)
            let token = try await portal.services.identity.createToken(
                name: "watch",
                lifetime: .seconds(3600),
                scope: APITokenScope(permissions: [.vclustersRead]),
                as: portal.organization.member
            )
            let client = try await portal.client(token)

            let events = try await client.events("/api/v1/vclusters:watch")
            let id = try await portal.createVCluster("first", by: member)["vcluster"]?["id"]?.string
            var seen: [TestEvent] = []
            for try await event in events {
                seen.append(event)
                let object = event.data["object"]
                if object?["phase"] == "RUNNING", object?["activeOperation"] == .null { break }
            }

            #expect(seen.allSatisfy { $0.event != "DELETED" && $0.data["object"]?["id"]?.string == id })
            #expect(seen.contains { $0.data["object"]?["activeOperation"]?["verb"] == "create" }, "as in the list")
        }
    }

    @Test(arguments: ["/api/v1/vclusters:watch", "/api/v1/operations/{id}/events"])
    func stream_endsWithItsToken(path: String) async throws {
        var options = Self.watchful
        // The operation waits for longer than the test takes, so nothing happens on the streams.
        options.portalLimits.operations.backoffMin = .seconds(600)
        options.portalLimits.operations.backoffMax = .seconds(600)
        try await withPortal(options) { portal in
            let token = try await portal.services.identity.createToken(
                name: "watch",
                lifetime: .seconds(3600),
                as: portal.organization.member
            )
            let client = try await portal.client(token)
            portal.hosts.fail(.prepare, with: HostError(.hostUnreachable, "The host lab does not answer."))
            let operation = try await portal.payments("waiting").operation.id

            let events = try await client.events(path.replacing("{id}", with: operation.description))
            try await portal.services.identity.revokeToken(token.token.id, as: portal.organization.member)

            // The stream ends by itself, or the time of the test.
            for try await _ in events {}
            let state = try await portal.services.operations.get(operation, as: portal.organization.member).state
            #expect(!state.isFinal)
            #expect(try await client.get("/api/v1/me").status == 401)
        }
    }

    @Test func watch_followsTheRolesOfItsCaller() async throws {
        try await withPortal(Self.watchful) { portal in
            let (organization, tenants) = (portal.organization, portal.services.tenants)
            let viewer = organization.viewer.user.id
            let client = try await portal.client(as: .viewer)
            let blocks = try await client.blocks("/api/v1/vclusters:watch")
            var iterator = blocks.makeAsyncIterator()
            _ = try await iterator.next()

            try await tenants.addMember(viewer, role: .viewer, to: organization.platform.id, as: organization.admin)
            var event = try #require(try await iterator.next())
            #expect(event.event == "RESET", "what is there already has to be listed")
            try await tenants.removeMember(
                viewer,
                role: .viewer,
                from: organization.payments.id,
                as: organization.admin
            )
            _ = try await portal.payments("hidden")
            let shown = try await portal.services.vclusters.create(
                NewVCluster(tenantID: organization.platform.id, name: "shown"),
                as: organization.admin
            )
            var seen: [TestEvent] = []
            while event.data["object"]?["id"]?.string != shown.vcluster.id.description {
                event = try #require(try await iterator.next())
                seen.append(event)
            }

            #expect(seen.contains { $0.event == "RESET" })
            let tenantIDs = Set(seen.compactMap { $0.data["object"]?["tenantId"]?.string })
            #expect(tenantIDs == [organization.platform.id.description])
        }
    }
}

extension TestPortal {
    /// A client that comes with an API token.
    fileprivate func client(_ token: NewAPIToken) async throws -> TestClient {
        var client = try await client()
        client.headers.set("Authorization", "Bearer \(token.secret)")
        return client
    }
}
