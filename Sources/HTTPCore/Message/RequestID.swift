import Synchronization

/// Names a request in logs and responses: taken over from the client when that is harmless, else generated.
///
/// A generated id is kept as a number and becomes text only where somebody reads it.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    private let origin: Origin

    private enum Origin: Sendable, Hashable {
        case client(String)
        case number(UInt64)
    }

    private static let prefix: [UInt8] = {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return Array((String(repeating: "0", count: 16 - digits.utf8.count) + digits + "-").utf8)
    }()
    private static let counter = Atomic<UInt64>(0)

    /// The id of a request.
    ///
    /// - Parameter value: The client's `X-Request-Id`, which counts if it has 1…``HTTPLimits/requestIDBytesMax`` letters,
    ///   digits or `-._~+/=:@`, so that it may go into logs and headers. Anything else gets a new id: 64 random bits of
    ///   this process and a counter, unique without asking the kernel for randomness at each request.
    public init(_ value: String?) {
        if let value, Self.isHarmless(value) {
            origin = .client(value)
        } else {
            origin = .number(Self.counter.wrappingAdd(1, ordering: .relaxed).newValue)
        }
    }

    /// The id as text.
    public var description: String {
        switch origin {
        case .client(let text): text
        case .number(let number): String(decoding: Self.prefix, as: UTF8.self) + String(number)
        }
    }

    /// Lends the id as text, in one piece or two; at most ``HTTPLimits/requestIDBytesMax`` bytes.
    func withText(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        switch origin {
        case .client(var text):
            text.withUTF8(body)
        case .number(let number):
            Self.prefix.withUnsafeBufferPointer(body)
            DecimalDigits(number).withBytes(body)
        }
    }

    private static func isHarmless(_ value: String) -> Bool {
        guard !value.isEmpty, value.utf8.count <= HTTPLimits.requestIDBytesMax else { return false }
        return value.utf8.allSatisfy(ByteSet.requestID.contains)
    }
}
