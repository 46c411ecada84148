import JSON
@testable import Portal
import PortalTesting
import Testing

/// A spec that did not reach the host: it counts as what the host may have, until something has installed it.
struct QuotaUnreachedSpecTests {
    private static let large: JSONValue = ["quota": ["cpu": "40", "storage": "100Gi"]]
    private static let small: JSONValue = ["quota": ["cpu": "1", "storage": "10Gi"]]
    private static let largest: Int64 = 40_200
    private static let smallest: Int64 = 1200

    /// A vcluster whose shrinking was cancelled before anything of it reached the host.
    private static func unreached(_ engine: Engine) async throws -> VCluster {
        let id = try await engine.running(spec: large).id
        let gate = engine.driver.hold("prepare")
        let scale = try await engine.vclusters.scale(id, to: small, as: engine.acme.member)
        await gate.arrived()
        try await engine.operations.cancel(scale.operation.id, as: engine.acme.member)
        let vcluster = try await engine.reach(.error, id)
        #expect(vcluster.observedGeneration == 1)
        #expect(vcluster.generation == 2)
        #expect(try await engine.used()[.cpu] == largest)
        return vcluster
    }

    @Test func resume_installsWhatItCounts() async throws {
        try await Engine.with { engine in
            let id = try await Self.unreached(engine).id
            let installs = engine.driver.calls("install").count
            let gate = engine.driver.hold("install")

            let resume = try await engine.vclusters.resume(id, as: engine.acme.member)
            await gate.arrived()

            #expect(resume.operation.verb == .resume)
            #expect(try await engine.used()[.cpu] == Self.largest, "the host has it until the upgrade")
            gate.open()
            let vcluster = try await engine.reach(.running, id)
            #expect(engine.driver.calls("install").count == installs + 1)
            #expect(engine.driver.release(in: vcluster.namespace)?.generation == 2)
            #expect(vcluster.observedGeneration == 2)
            #expect(try await engine.used()[.cpu] == Self.smallest)
        }
    }

    @Test func resume_thatFailsToInstallKeepsTheRest() async throws {
        try await Engine.with { engine in
            let id = try await Self.unreached(engine).id
            engine.driver.failAlways("install", with: HostError(.valuesRejected, "no"))

            try await engine.vclusters.resume(id, as: engine.acme.member)

            try await engine.reach(.error, id)
            #expect(try await engine.used()[.cpu] == Self.largest)
        }
    }

    @Test func delete_keepsTheVolumesThatTheHostMayHave() async throws {
        try await Engine.with { engine in
            let id = try await Self.unreached(engine).id

            try await engine.vclusters.delete(id, as: engine.acme.member)
            try await engine.reach(.deleted, id)

            #expect(try await engine.used()[.cpu] == 0)
            #expect(try await engine.used()[.storage] == (100 << 30) + (5 << 30))
            try await engine.vclusters.undelete(id, as: engine.acme.member)
            try await engine.reach(.error, id)
            #expect(try await engine.used()[.storage] == (100 << 30) + (5 << 30))

            try await engine.vclusters.resume(id, as: engine.acme.member)
            let vcluster = try await engine.reach(.running, id)
            #expect(engine.driver.release(in: vcluster.namespace)?.generation == 2)
            #expect(try await engine.used()[.cpu] == Self.smallest)
            #expect(try await engine.used()[.storage] == (10 << 30) + (5 << 30))
        }
    }

    @Test func purge_givesAllBack() async throws {
        try await Engine.with { engine in
            let id = try await Self.unreached(engine).id

            let purge = try await engine.vclusters.delete(id, gracePeriod: .zero, as: engine.acme.member)
            try await engine.ended(purge.operation.id)

            #expect(try await engine.used() == .zero)
        }
    }

    /// A change that never began has left the host as it was, so there is nothing to install.
    @Test func resume_afterAChangeThatNeverBeganOnlyResumes() async throws {
        try await Engine.with(workers: 0) { engine in
            let id = try await engine.whileWorking { try await engine.running(spec: Self.large).id }
            let scale = try await engine.vclusters.scale(id, to: Self.small, as: engine.acme.member)
            try await engine.operations.cancel(scale.operation.id, as: engine.acme.member)
            let installs = engine.driver.calls("install").count

            try await engine.whileWorking {
                try await engine.vclusters.suspend(id, as: engine.acme.member)
                let suspended = try await engine.reach(.suspended, id)
                #expect(suspended.observedGeneration == suspended.generation)
                try await engine.vclusters.resume(id, as: engine.acme.member)
                try await engine.reach(.running, id)
            }

            #expect(engine.driver.calls("install").count == installs)
            #expect(try await engine.used()[.cpu] == Self.largest)
        }
    }
}
