public import Portal
import Synchronization

/// What all simulated hosts share: their memory, the clock, and how they wait.
public struct SimulatedHosts: Sendable {
    /// Waits for a simulated latency; tests pass one that does not.
    public typealias Sleep = @Sendable (Duration) async throws -> Void

    let store: SimulatedReleaseStore
    let time: any TimeSource
    let schema: ChartSchema
    let sleep: Sleep

    /// Makes simulated hosts.
    ///
    /// - Parameters:
    ///   - store: Their memory.
    ///   - time: Decides when a release is ready and how much it uses.
    ///   - schema: The chart's schema, so that a simulated host refuses what a real one would.
    ///   - sleep: Waits for a latency.
    public init(
        store: SimulatedReleaseStore,
        time: any TimeSource,
        schema: ChartSchema,
        sleep: @escaping Sleep = { try await Task.sleep(for: $0) }
    ) {
        self.store = store
        self.time = time
        self.schema = schema
        self.sleep = sleep
    }

    /// The driver of one host.
    ///
    /// - Parameters:
    ///   - hostID: The host.
    ///   - hostName: Its name, for messages.
    ///   - settings: Its settings.
    /// - Returns: A driver whose chance starts anew from the seed.
    public func driver(hostID: HostID, hostName: String, settings: SimulatedHostSettings) -> SimulatedDriver {
        SimulatedDriver(hostID: hostID, hostName: hostName, settings: settings, hosts: self)
    }
}

/// Chance that can be repeated: the same seed gives the same numbers in the same order.
///
/// `@unchecked` is not needed: the state is behind a `Mutex`, because calls of several workers draw from it.
final class SimulatedChance: Sendable {
    private let state: Mutex<UInt64>

    init(seed: Int64) {
        state = Mutex(UInt64(bitPattern: seed))
    }

    /// A number from 0 up to, but not including, 1.
    func next() -> Double {
        let bits = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return Self.mixed(state)
        }
        return Self.fraction(bits)
    }

    /// A number from 0 up to 1 that depends on its inputs only.
    static func fixed(seed: Int64, text: String, step: Int64) -> Double {
        var hash = mixed(UInt64(bitPattern: seed) ^ UInt64(bitPattern: step) &* 0xD6E8_FEB8_6659_FD93)
        for byte in text.utf8 { hash = mixed(hash ^ UInt64(byte)) }
        return fraction(hash)
    }

    /// SplitMix64: every bit of the input reaches every bit of the output.
    private static func mixed(_ input: UInt64) -> UInt64 {
        var value = input
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private static func fraction(_ bits: UInt64) -> Double { Double(bits >> 11) / Double(UInt64(1) << 53) }
}
