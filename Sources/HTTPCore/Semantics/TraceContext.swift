/// The place of a piece of work in a distributed trace: W3C Trace Context, levels 1 and 2.
///
/// A value is always valid: both ids are other than zero. It is read from `traceparent` and `tracestate` and written with
/// version 00, the only one there is.
public struct TraceContext: Sendable, Hashable {
    /// The id that all pieces of work of one trace share; not zero.
    public let traceID: TraceID
    /// The id of this piece of work, which is the parent of what it calls; not zero.
    public let spanID: UInt64
    /// What is known of the trace.
    public let flags: Flags
    /// `tracestate`, as received: vendors' own positions in the trace; empty without one or when it was invalid.
    public let state: String

    /// The 8 bits after the ids; those that no published level defines are dropped, as level 2 section 3.2.2.5 asks.
    public struct Flags: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt8

        /// Flags of their bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The caller may have recorded its part of the trace, and wants others to record theirs.
        public static let sampled = Flags(rawValue: 1)
        /// The last 56 bits of the trace id are random (level 2).
        public static let random = Flags(rawValue: 2)
    }

    /// A context of its parts; `nil` when an id is zero.
    ///
    /// - Parameters:
    ///   - traceID: Not zero.
    ///   - spanID: Not zero.
    ///   - flags: What is known of the trace.
    ///   - state: A valid `tracestate`, or nothing.
    public init?(traceID: TraceID, spanID: UInt64, flags: Flags = [], state: String = "") {
        guard traceID != TraceID(high: 0, low: 0), spanID != 0 else { return nil }
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.state = state
    }

    /// Reads the fields of a request or of a stored context; `nil` when `traceparent` is invalid, so that the receiver
    /// begins a new trace.
    ///
    /// - Parameters:
    ///   - traceparent: `version-traceid-parentid-flags`; a later version may go on after another `-`. Several lines of
    ///     the field joined by commas are invalid, as they should be.
    ///   - tracestate: All lines joined by commas; an invalid one is dropped and the rest kept (section 3.3).
    public init?(parsing traceparent: String, tracestate: String? = nil) {
        let bytes = Array(traceparent.utf8)
        guard bytes.count >= Self.length, let version = Self.hex(bytes[0..<2]), version != 0xFF,
            bytes.count == Self.length || (version != 0 && bytes[Self.length] == ASCII.minus),
            bytes[2] == ASCII.minus, bytes[35] == ASCII.minus, bytes[52] == ASCII.minus,
            let high = Self.hex(bytes[3..<19]), let low = Self.hex(bytes[19..<35]),
            let spanID = Self.hex(bytes[36..<52]), let flags = Self.hex(bytes[53..<55])
        else { return nil }
        // Of a later version only the bit of level 1 is certain to mean the same.
        let known: Flags = version == 0 ? [.sampled, .random] : .sampled
        self.init(
            traceID: TraceID(high: high, low: low),
            spanID: spanID,
            flags: Flags(rawValue: UInt8(truncatingIfNeeded: flags)).intersection(known),
            state: tracestate.flatMap { TraceState.isValid($0) ? $0 : nil } ?? ""
        )
    }

    /// Whether the caller wants this trace to be recorded.
    public var isSampled: Bool { flags.contains(.sampled) }

    /// The same trace, seen by work that this one calls or consists of.
    ///
    /// - Parameter spanID: The id of that work.
    /// - Returns: `nil` when the id is zero.
    public func child(spanID: UInt64) -> TraceContext? {
        TraceContext(traceID: traceID, spanID: spanID, flags: flags, state: state)
    }

    /// The value of a `traceparent` field: 55 characters.
    public var traceparent: String {
        var text = LowerHex(capacity: Self.length)
        text.append(0, digits: 2)
        text.append(byte: ASCII.minus)
        text.append(traceID.high, digits: 16)
        text.append(traceID.low, digits: 16)
        text.append(byte: ASCII.minus)
        text.append(spanID, digits: 16)
        text.append(byte: ASCII.minus)
        text.append(UInt64(flags.rawValue), digits: 2)
        return text.result
    }

    /// The span id as 16 hexadecimal digits, for logs.
    public var spanText: String {
        var text = LowerHex(capacity: 16)
        text.append(spanID, digits: 16)
        return text.result
    }

    /// Bytes of a `traceparent` of version 00.
    private static let length = 55

    /// The value of lower-case hexadecimal digits; `nil` for anything else, also for upper case (section 3.2).
    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}

/// The id of a trace: 128 bits.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// An id of its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    public var description: String {
        var text = LowerHex(capacity: 32)
        text.append(high, digits: 16)
        text.append(low, digits: 16)
        return text.result
    }
}

/// Text of lower-case hexadecimal digits, with their leading zeros.
private struct LowerHex {
    private static let digits = Array("0123456789abcdef".utf8)
    private var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    var result: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ value: UInt64, digits count: Int) {
        for position in (0..<count).reversed() {
            bytes.append(Self.digits[Int(truncatingIfNeeded: value >> (4 * UInt64(position)) & 0xF)])
        }
    }
}
