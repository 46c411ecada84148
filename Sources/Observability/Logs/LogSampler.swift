public import HTTPCore

/// Keeps a share of what happens, the same share everywhere.
///
/// The decision depends on the id alone, so that all servers, and all parts of a trace, decide alike.
public struct LogSampler: Sendable, Hashable {
    /// The share that is kept, 0 … 1.
    public let fraction: Double

    /// A sampler; `nil` when the fraction is not in 0 … 1.
    public init?(fraction: Double) {
        guard (0...1).contains(fraction) else { return nil }
        self.fraction = fraction
    }

    /// Whether what belongs to a trace is kept.
    public func keeps(_ trace: TraceID) -> Bool {
        keeps(Scrambler.mix(trace.high ^ Scrambler.mix(trace.low)))
    }

    /// Whether what belongs to an id of any form is kept.
    public func keeps(_ id: String) -> Bool {
        // FNV-1a (Fowler, Noll, Vo), which leaves its high bits alike for short ids: those are mixed afterwards.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return keeps(Scrambler.mix(hash))
    }

    private func keeps(_ hash: UInt64) -> Bool {
        // The 53 bits that a double holds exactly: always less than 1, so that 1 keeps everything and 0 nothing.
        Double(hash >> 11) * 0x1p-53 < fraction
    }
}
