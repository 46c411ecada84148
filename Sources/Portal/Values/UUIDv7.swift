public import FoundationEssentials
import Synchronization

/// Makes UUIDs of version 7: time-ordered, and strictly increasing within this process.
///
/// Layout of RFC 9562 section 5.7; monotonicity by a 12-bit counter in `rand_a` (section 6.2, method 1), which
/// starts at a random value below 2048 in each millisecond. When it overflows, the next millisecond is borrowed, so
/// ids never repeat or go backwards even when the clock does.
public enum UUIDv7 {
    private struct State {
        var milliseconds: UInt64 = 0
        var counter: UInt16 = 0
    }

    private static let state = Mutex(State())
    private static let counterMax: UInt16 = 0x0FFF

    /// The next UUID, greater than every UUID made before it by this process.
    public static func next() -> UUID {
        var random = SystemRandomNumberGenerator()
        let nowMilliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        let seed = UInt16.random(in: 0..<2048, using: &random)
        let (milliseconds, counter) = state.withLock { state -> (UInt64, UInt16) in
            if nowMilliseconds > state.milliseconds {
                state.milliseconds = nowMilliseconds
                state.counter = seed
            } else if state.counter < counterMax {
                state.counter += 1
            } else {
                state.milliseconds += 1
                state.counter = seed
            }
            return (state.milliseconds, state.counter)
        }
        return make(
            milliseconds: milliseconds,
            counter: counter,
            random: UInt64.random(in: .min ... .max, using: &random)
        )
    }

    /// The time in a version 7 UUID, in whole milliseconds; nil for any other version.
    public static func timestamp(of uuid: UUID) -> Date? {
        let bytes = uuid.uuid
        guard bytes.6 >> 4 == 7 else { return nil }
        var milliseconds: UInt64 = 0
        for byte in [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5] {
            milliseconds = milliseconds << 8 | UInt64(byte)
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static func make(milliseconds: UInt64, counter: UInt16, random: UInt64) -> UUID {
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24),
                byte(milliseconds, 16), byte(milliseconds, 8), byte(milliseconds, 0),
                0x70 | UInt8(counter >> 8), UInt8(counter & 0xFF),
                0x80 | (byte(random, 56) & 0x3F), byte(random, 48), byte(random, 40), byte(random, 32),
                byte(random, 24), byte(random, 16), byte(random, 8), byte(random, 0)
            )
        )
    }
}
