import HTTPCore
import Synchronization

/// Request ids: taken over from the client when they are harmless, else generated.
enum RequestID {
    private static let prefix = String(UInt64.random(in: .min ... .max), radix: 16)
    private static let counter = Atomic<UInt64>(0)

    /// The client's id if it may go into logs and headers.
    ///
    /// - Parameter value: `X-Request-Id`.
    /// - Returns: `nil` unless it has 1…``HTTPLimits/requestIDBytesMax`` letters, digits or `-._~+/=:@`.
    static func accepted(_ value: String?) -> String? {
        guard let value, !value.isEmpty, value.utf8.count <= HTTPLimits.requestIDBytesMax else { return nil }
        return value.utf8.allSatisfy(isHarmless) ? value : nil
    }

    /// A new id: 64 random bits of this process and a counter, so that ids are unique without asking the kernel for
    /// randomness at each request.
    static func random() -> String {
        prefix + "-" + String(counter.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
            UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
