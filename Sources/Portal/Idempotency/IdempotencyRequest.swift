import Crypto
import FoundationEssentials

/// A request that its sender may repeat without doing it twice.
public struct IdempotencyRequest: Sendable, Hashable {
    /// Who sent it; keys of different callers never meet.
    public let callerID: UserID
    /// The key that the sender chose.
    public let key: String
    /// SHA-256 of what was asked for: another request under the same key is a mistake.
    public let hash: [UInt8]

    /// A request with its key, from the header `Idempotency-Key`.
    ///
    /// - Parameters:
    ///   - callerID: Who sent it.
    ///   - tokenID: The API token that it came with. Two tokens of one account may do different things, so the answer to one
    ///     is not for the other.
    ///   - key: The header.
    ///   - method: The method.
    ///   - path: The target.
    ///   - body: What is asked for, without passwords: a fast hash of one must not be stored.
    /// - Throws: `PortalError` `.invalidArgument` for an empty key, one of more than 255 bytes, or one with anything but
    ///   printable ASCII.
    public init(
        callerID: UserID,
        tokenID: TokenID? = nil,
        key: String,
        method: String,
        path: String,
        body: [UInt8]
    ) throws(PortalError) {
        let isPrintable = key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !key.isEmpty, key.utf8.count <= PortalLimits.Idempotency.keyLengthMax, isPrintable else {
            throw .invalid(
                "Idempotency-Key",
                FieldErrorCode.invalidValue,
                "must be 1 to \(PortalLimits.Idempotency.keyLengthMax) printable ASCII characters without spaces, such as a UUID"
            )
        }
        self.callerID = callerID
        self.key = key
        var hasher = SHA256()
        if let tokenID { hasher.update(data: Data("token \(tokenID)\n".utf8)) }
        // Neither a method nor a path can contain a line feed, so the three parts cannot run into each other.
        hasher.update(data: Data("\(method)\n\(path)\n".utf8))
        hasher.update(data: Data(body))
        self.hash = Array(hasher.finalize())
    }
}
