import Foundation
import JSON
import Portal

/// What a simulated vcluster takes from its host.
struct SimulatedDemand: Sendable, Equatable {
    var cpuMillicores: Int64
    var memoryBytes: Int64
    var storageBytes: Int64
    var gpus: Int64
    var pods: Int

    /// Share of its envelope that a simulated tenant asks for with its pods.
    static let envelopeShare = 0.5
    /// What a tenant without an envelope asks for.
    private static let tenantDefault = (cpuMillicores: Int64(500), memoryBytes: Int64(1) << 30, pods: 3)

    /// The demand of a spec: control plane and tenant together.
    init(spec: VClusterSpec) {
        let overhead = ControlPlaneOverhead(spec: spec)
        let quota = spec.quota
        func share(_ value: Int64) -> Int64 { Int64((Double(value) * Self.envelopeShare).rounded()) }
        let cpu = quota.cpu.flatMap { try? $0.millicores().value }.map(share) ?? Self.tenantDefault.cpuMillicores
        let memory = quota.memory.map { share($0.bytes().value) } ?? Self.tenantDefault.memoryBytes
        cpuMillicores = ((try? overhead.requestedCPU.millicores().value) ?? 0) + cpu
        memoryBytes = overhead.requestedMemory.bytes().value + memory
        storageBytes = overhead.storage.bytes().value + (quota.storage.map { share($0.bytes().value) } ?? 0)
        gpus = Int64(quota.gpus ?? 0)
        pods = spec.replicas + (quota.pods.map { max(1, Int(share(Int64($0)))) } ?? Self.tenantDefault.pods)
    }
}

/// How much of their requests simulated vclusters use at a time.
struct SimulatedUsageCurve: Sendable {
    let settings: SimulatedHostSettings.Usage
    let seed: Int64

    private static let secondsPerDay = 86_400.0
    /// The daily wave is highest at 15:00 UTC.
    private static let peakSeconds = 15.0 * 3_600
    /// Noise keeps its value for so long, as metrics servers do.
    private static let stepSeconds = 60.0

    /// The share of the requests in use, ≥ 0; may be more than 1, as limits may be above requests.
    func share(of name: String, at time: Date) -> Double {
        let seconds = time.timeIntervalSince1970
        switch settings.curve {
        case .constant:
            return settings.average
        case .daily:
            // Tenants do not work in step, so each has its day moved by up to an hour either way.
            let shift = (SimulatedChance.fixed(seed: seed, text: name, step: 0) - 0.5) * 7_200
            let phase = (seconds - Self.peakSeconds + shift) / Self.secondsPerDay * 2 * Double.pi
            return max(0, settings.average * (1 + settings.amplitude * cos(phase)))
        case .random:
            let step = Int64(seconds / Self.stepSeconds)
            let noise = SimulatedChance.fixed(seed: seed, text: name, step: step) * 2 - 1
            return max(0, settings.average * (1 + settings.amplitude * noise))
        }
    }
}
