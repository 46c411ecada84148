public import HTTPCore
import Synchronization

/// New trace and span ids.
///
/// Random enough that ids of many servers never meet, and made without asking the kernel at each request: a counter that
/// starts at a random place and is scrambled, one for each half of a trace id. Nobody may take them for secrets.
public enum TraceIDs {
    private static let high = Sequence()
    private static let low = Sequence()
    private static let spans = Sequence()

    /// The context of work that no caller has traced: a new trace, not sampled.
    public static func newTrace() -> TraceContext {
        while true {
            let id = TraceID(high: high.next(), low: low.next())
            if let trace = TraceContext(traceID: id, spanID: spans.next(), flags: .random) { return trace }
        }
    }

    /// A part of the work of a trace, with an id of its own.
    public static func child(of trace: TraceContext) -> TraceContext {
        while true {
            if let child = trace.child(spanID: spans.next()) { return child }
        }
    }

    /// Every 64-bit number once, in an order that looks random: a Weyl sequence and the finalizer of SplitMix64
    /// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    private final class Sequence: Sendable {
        private let state = Atomic(UInt64.random(in: .min ... .max))

        func next() -> UInt64 {
            Scrambler.mix(state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue)
        }
    }
}

/// Spreads the bits of a number over all 64.
enum Scrambler {
    /// A bijection: different numbers stay different.
    static func mix(_ number: UInt64) -> UInt64 {
        var number = number
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}
