import FoundationEssentials
import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

/// How full hosts become: the rule, its settings, and what admissions make of them.
struct HostRoomTests {
    private static func room(_ change: (inout HostRoomSettings) -> Void = { _ in }) -> HostRoom {
        var settings = HostRoomSettings()
        settings.cpuPerMille = 2000
        settings.blockPercent = 90
        change(&settings)
        return HostRoom(settings: settings, capacity: [.cpu: 10_000, .memory: 1000])
    }

    private static func use(_ cpu: Int64, _ qosClass: VClusterQoSClass = .burstable) -> QuotaUse {
        QuotaUse(QuotaAmounts([.cpu: cpu]), class: qosClass)
    }

    @Test(
        arguments: [
            (0, 18_000, VClusterQoSClass.burstable, nil), (0, 18_001, .burstable, HostShortage.Rule.overcommit),
            (17_000, 1000, .burstable, nil), (17_000, 1001, .burstable, .overcommit), (0, 9000, .guaranteed, nil),
            (0, 9001, .guaranteed, .guaranteed), (8000, 1000, .batch, nil), (8000, 1001, .batch, .batch),
            (20_000, 0, .burstable, nil),
        ] as [(Int64, Int64, VClusterQoSClass, HostShortage.Rule?)]
    )
    func shortage_knowsTheRuleThatIsBroken(
        used: Int64,
        wanted: Int64,
        qosClass: VClusterQoSClass,
        rule: HostShortage.Rule?
    ) {
        let room = Self.room().adding(Self.use(used))

        #expect(room.shortage(adding: Self.use(wanted, qosClass))?.rule == rule)
    }

    @Test func shortage_isNoMatterOfBatchForTheOthers() {
        let room = Self.room().adding(Self.use(9000, .batch))

        #expect(room.shortage(adding: Self.use(18_000)) == nil)
        #expect(room.adding(Self.use(10_000)).excessOfBatch(.cpu) == 1000)
        #expect(room.adding(Self.use(18_000)).excessOfBatch(.cpu) == 9000)
        #expect(room.excessOfBatch(.cpu) == 0)
    }

    @Test func state_goesByTheWatermarks() {
        func state(_ used: Int64) -> HostRoom.State { Self.room().adding(Self.use(used)).state(.cpu) }

        #expect(state(15_999) == .roomy && state(16_000) == .nearlyFull)
        #expect(state(17_999) == .nearlyFull && state(18_000) == .full)
        #expect(Self.room().adding(Self.use(15_000)).percent(.cpu) == 75)
        #expect(HostRoom(settings: HostRoomSettings()).adding(Self.use(1)).state(.cpu) == .unknown)
        #expect(HostRoom(settings: HostRoomSettings()).shortage(adding: Self.use(1 << 40)) == nil)
    }

    @Test func settings_keepTheirValuesAndRefuseWrongOnes() throws {
        let json: JSONValue = ["overcommit": ["cpu": 2.5], "watermarks": ["warnPercent": 60]]
        let settings = try HostSettings(json: json, driver: .simulated)
        #expect(settings.room.cpuPerMille == 2500 && settings.room.memoryPerMille == 1000)
        #expect(settings.room.warnPercent == 60 && settings.room.blockPercent == 95)
        #expect(try HostSettings(json: settings.json, driver: .simulated) == settings)
        let bad: JSONValue = [
            "overcommit": ["cpu": 0.5, "memory": "1", "gpu": 1], "watermarks": ["warnPercent": 96, "blockPercent": 0],
        ]
        let error = #expect(throws: PortalError.self) { try HostSettings(json: bad, driver: .helm) }
        #expect(
            error?.fields.map { "\($0.field) \($0.code)" } == [
                "settings.overcommit.gpu UNKNOWN_FIELD", "settings.overcommit.cpu OUT_OF_RANGE",
                "settings.overcommit.memory INVALID_TYPE", "settings.watermarks.blockPercent OUT_OF_RANGE",
                "settings.watermarks.warnPercent CONFLICT",
            ]
        )
    }

    // MARK: - Admission

    /// A host that told its capacity, and one that did not yet.
    private func offer(cpu: Int64, _ engine: Engine) async throws {
        let capacity = HostCapacity(
            nodes: 1,
            allocatable: ResourceAmounts(cpuMillicores: cpu, memoryBytes: 1 << 40),
            requested: ResourceAmounts()
        )
        try await engine.database.execute(HostRoomQueries.store(capacity, of: engine.hostID, at: engine.time.now()))
    }

    @Test func create_isRefusedByAFullHostAndWarnedByANearlyFullOne() async throws {
        try await Engine.with { engine in
            try await offer(cpu: 2000, engine)
            let spec: JSONValue = ["quota": ["cpu": "3200m", "memory": "1Gi"]]

            let first = try await engine.create("first", spec: spec)
            let events = try await engine.vclusters.events(of: first.vcluster.id, as: engine.acme.member)
            let error = await #expect(throws: PortalError.self) { try await engine.create("second", spec: spec) }

            #expect(events.items.contains { $0.reason == "HostNearlyFull" && $0.type == .warning })
            #expect(error?.code == .quotaExceeded)
            #expect(error?.extensions["reason"] == "host")
            #expect(error?.extensions["level"]?["hostId"]?.string == engine.hostID.description)
            #expect(error?.extensions["dimension"] == "cpu")
            // 2 cores × 2 × 95 %, of which the first has 3.2 and its control plane 0.2.
            #expect(error?.extensions["limit"] == "3800m" && error?.extensions["used"] == "3400m")
            #expect(error?.extensions["missing"] == "3")
        }
    }

    @Test func create_goesToAnotherHostWithRoom() async throws {
        try await Engine.with { engine in
            try await offer(cpu: 100, engine)
            let other = try await engine.services.hosts.create(
                NewHost(name: "zz-roomy", driver: .simulated),
                as: .system("test")
            )

            let change = try await engine.create("web")

            #expect(change.vcluster.hostID == other.id)
        }
    }

    @Test func resume_isRefusedOnceOthersHaveTheRoom() async throws {
        try await Engine.with { engine in
            let spec: JSONValue = ["quota": ["cpu": "3", "memory": "1Gi"]]
            let first = try await engine.create("first", spec: spec)
            _ = try await engine.reach(.running, first.vcluster.id)
            _ = try await engine.vclusters.suspend(first.vcluster.id, as: engine.acme.member)
            _ = try await engine.reach(.suspended, first.vcluster.id)
            try await offer(cpu: 2000, engine)
            let second = try await engine.create("second", spec: spec)
            _ = try await engine.reach(.running, second.vcluster.id)

            let error = await #expect(throws: PortalError.self) {
                try await engine.vclusters.resume(first.vcluster.id, as: engine.acme.member)
            }

            #expect(error?.extensions["reason"] == "host")
            // What shrinks is never refused.
            try await offer(cpu: 10, engine)
            _ = try await engine.vclusters.suspend(second.vcluster.id, as: engine.acme.member)
        }
    }

    @Test func create_neverOvershootsAHostHoweverManyAskAtOnce() async throws {
        try await Engine.with(workers: 0) { engine in
            try await offer(cpu: 2000, engine)
            let spec: JSONValue = ["quota": ["cpu": "700m", "memory": "1Gi"]]

            let admitted = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<12 {
                    group.addTask { (try? await engine.create("v\(index)", spec: spec)) != nil }
                }
                return await group.reduce(0) { $1 ? $0 + 1 : $0 }
            }

            // 3800m in all, 900m each with the control plane.
            #expect(admitted == 4)
        }
    }

    @Test func hostWatcher_writesDownWhatHostsOffer() async throws {
        try await withPortal { portal in
            #expect(try await portal.services.keepers.hosts.runOnce() == 1)
            #expect(try await portal.services.keepers.hosts.runOnce() == 0, "not again so soon")

            let rooms = try await portal.services.hosts.rooms(of: [portal.host.id], as: .system("test"))

            let room = try #require(rooms[portal.host.id])
            #expect(room.capacity == [.cpu: 64_000, .memory: 256 << 30])
            #expect(room.observedAt != nil && room.state(.cpu) == .roomy)
        }
    }

    /// All nodes at once are not ready for a moment when the control plane of a host comes back.
    @Test func hostWatcher_keepsWhatItKnowsWhileNoNodeIsReady() async throws {
        try await Engine.with(workers: 0) { engine in
            let system = Caller.system("test")
            func room() async throws -> HostRoom? {
                try await engine.services.hosts.rooms(of: [engine.hostID], as: system)[engine.hostID]
            }
            let three = ResourceAmounts(cpuMillicores: 12_000, memoryBytes: 1 << 35)
            engine.driver.offer(HostCapacity(nodes: 3, allocatable: three, requested: ResourceAmounts()))
            #expect(try await engine.services.keepers.hosts.runOnce() == 1)
            let before = try await room()
            engine.time.advance(by: .seconds(600))
            let none = ResourceAmounts(cpuMillicores: 0, memoryBytes: 0)
            engine.driver.offer(HostCapacity(nodes: 0, allocatable: none, requested: ResourceAmounts()))

            #expect(try await engine.services.keepers.hosts.runOnce() == 0)

            #expect(try await room() == before)
            #expect(before?.capacity[.cpu] == 12_000)
        }
    }
}
