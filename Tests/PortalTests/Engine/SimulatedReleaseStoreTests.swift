import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

/// The memory of simulated hosts.
struct SimulatedReleaseStoreTests {
    @Test func install_insertsThenCountsAndKeepsTheOwner() async throws {
        try await Engine.with(workers: 0) { engine in
            let store = SimulatedReleaseStore(database: engine.database, time: engine.time)
            let owner = VClusterID()
            var release = SimulatedRelease(
                hostID: engine.hostID,
                namespace: "n",
                release: "r",
                vclusterID: owner,
                readyAt: engine.time.now(),
                cpuMillicores: 200,
                labels: ["a": "b"],
                spec: ["x": 1]
            )

            let first = try #require(try await store.install(release))
            release.generation = 2
            let second = try #require(try await store.install(release))
            release.vclusterID = VClusterID()
            let foreign = try await store.install(release)

            #expect(first.installCount == 1)
            #expect(second.installCount == 2)
            #expect(second.generation == 2)
            #expect(second.labels == ["a": "b"])
            #expect(second.spec == ["x": 1])
            #expect(foreign == nil)
            #expect(try await store.get(host: engine.hostID, namespace: "n") == second)
        }
    }

    @Test func set_isIdempotentAndTotalsLeaveOutPausedOnes() async throws {
        try await Engine.with(workers: 0) { engine in
            let store = SimulatedReleaseStore(database: engine.database, time: engine.time)
            for name in ["a", "b"] {
                _ = try await store.install(
                    SimulatedRelease(
                        hostID: engine.hostID,
                        namespace: name,
                        release: name,
                        vclusterID: VClusterID(),
                        readyAt: engine.time.now(),
                        pods: 3,
                        cpuMillicores: 200,
                        memoryBytes: 1024,
                        storageBytes: 10
                    )
                )
            }
            let later = engine.time.now().advanced(by: .seconds(5))

            let paused = try await store.set(.paused, host: engine.hostID, namespace: "a", readyAt: later)
            let again = try await store.set(
                .paused,
                host: engine.hostID,
                namespace: "a",
                readyAt: later.advanced(by: .seconds(60))
            )
            let totals = try await store.totals(host: engine.hostID)

            #expect(paused?.state == .paused)
            #expect(again == paused, "what is paused already is left alone")
            #expect(totals.releases == 2)
            #expect(totals.requested.cpuMillicores == 200)
            #expect(totals.requested.storageBytes == 20)
            #expect(totals.requested.pods == 3)
            #expect(try await store.list(host: engine.hostID).map(\.namespace) == ["a", "b"])
            #expect(try await store.list(host: engine.hostID, after: "a").map(\.namespace) == ["b"])
            try await store.delete(host: engine.hostID, namespace: "a")
            try await store.delete(host: engine.hostID, namespace: "a")
            #expect(try await store.get(host: engine.hostID, namespace: "a") == nil)
            #expect(try await store.set(.running, host: engine.hostID, namespace: "a", readyAt: later) == nil)
        }
    }

    @Test func adopt_takesOnlyWhatNobodyOwns() async throws {
        try await Engine.with(workers: 0) { engine in
            let store = SimulatedReleaseStore(database: engine.database, time: engine.time)
            _ = try await store.install(
                SimulatedRelease(
                    hostID: engine.hostID,
                    namespace: "free",
                    release: "r",
                    vclusterID: nil,
                    readyAt: engine.time.now()
                )
            )
            let owner = VClusterID()

            #expect(try await store.adopt(host: engine.hostID, namespace: "free", by: owner)?.vclusterID == owner)
            #expect(try await store.adopt(host: engine.hostID, namespace: "free", by: owner)?.vclusterID == owner)
            #expect(try await store.adopt(host: engine.hostID, namespace: "free", by: VClusterID()) == nil)
        }
    }
}
