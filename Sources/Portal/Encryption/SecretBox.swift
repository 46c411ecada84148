import Crypto
import FoundationEssentials

/// Seals secrets for the database with AES-256-GCM (NIST SP 800-38D), each with its own random nonce.
///
/// The context, such as the id of the row, is authenticated with the secret: a sealed value that is copied to another
/// row does not open there.
public struct SecretBox: Sendable {
    private let ring: KeyRing

    /// A box over a key ring.
    public init(ring: KeyRing) {
        self.ring = ring
    }

    /// The id of the key that new secrets are sealed with.
    public var activeKeyID: String { ring.activeID }

    /// Seals a secret with the active key.
    ///
    /// - Throws: `SecretBoxError.failed`.
    public func seal(_ secret: [UInt8], context: String) throws(SecretBoxError) -> SealedSecret {
        guard let key = ring.key(ring.activeID) else { throw .unknownKey(ring.activeID) }
        do {
            let box = try AES.GCM.seal(secret, using: key, authenticating: Data(context.utf8))
            guard let combined = box.combined else { throw SecretBoxError.failed }
            return SealedSecret(keyID: ring.activeID, bytes: Array(combined))
        } catch {
            throw .failed
        }
    }

    /// Opens a sealed secret.
    ///
    /// - Throws: `SecretBoxError.unknownKey` when its key left the ring, `.failed` when the bytes, the context or the key
    ///   are not those it was sealed with.
    public func open(_ sealed: SealedSecret, context: String) throws(SecretBoxError) -> [UInt8] {
        guard let key = ring.key(sealed.keyID) else { throw .unknownKey(sealed.keyID) }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.bytes)
            return Array(try AES.GCM.open(box, using: key, authenticating: Data(context.utf8)))
        } catch {
            throw .failed
        }
    }
}

/// A secret that only the holder of its key can read.
public struct SealedSecret: Sendable, Hashable {
    /// The id of the key.
    public let keyID: String
    /// Nonce (12 bytes), ciphertext and tag (16 bytes).
    public let bytes: [UInt8]

    /// A sealed secret as it was stored.
    public init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}

/// Why a secret cannot be sealed or opened.
///
/// Never says anything about the secret.
public enum SecretBoxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The configured key ring cannot be read.
    case invalidKeyRing(String)
    /// The key with this id is not in the ring.
    case unknownKey(String)
    /// The bytes were changed, or belong to another row or key.
    case failed

    /// A sentence for an operator.
    public var description: String {
        switch self {
        case .invalidKeyRing(let problem): "the key ring \(problem)"
        case .unknownKey(let id): "the key \(id) is not in the key ring; put it back, at the end of the list"
        case .failed: "a sealed secret does not open: it was changed, or the key with its id is another one"
        }
    }
}
