import Crypto
import CryptoExtras
import FoundationEssentials

/// A stored password: `$scrypt$ln=15,r=8,p=1$salt$hash`, the form of the Password Hashing Competition.
///
/// The parameters are part of the text, so that new hashes can cost more while old ones stay readable.
struct PasswordHash: Sendable, Hashable {
    let cost: ScryptCost
    let salt: [UInt8]
    let key: [UInt8]

    private static let saltBytes = 16
    private static let keyBytes = 32

    /// Hashes a password with a new salt.
    ///
    /// Takes long and blocks: see `PasswordHasher`.
    init(password: String, cost: ScryptCost) throws {
        var generator = SystemRandomNumberGenerator()
        salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.cost = cost
        key = try Self.derive(password, salt: salt, cost: cost, keyBytes: Self.keyBytes)
    }

    /// Reads a stored text; nil when it is none, or its cost is out of bounds.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let salt = Base64URL.decode(String(parts[3])), salt.count >= Self.saltBytes,
            let key = Base64URL.decode(String(parts[4])), key.count == Self.keyBytes,
            let cost = Self.cost(parts[2])
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// The text to store.
    var text: String {
        let parameters = "ln=\(cost.costExponent),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "$scrypt$\(parameters)$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }

    /// Whether this is the hash of a password.
    ///
    /// Takes long and blocks: see `PasswordHasher`.
    func matches(_ password: String) throws -> Bool {
        isEqualInConstantTime(try Self.derive(password, salt: salt, cost: cost, keyBytes: key.count), key)
    }

    static func derive(_ password: String, salt: [UInt8], cost: ScryptCost, keyBytes: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8),
            salt: salt,
            outputByteCount: keyBytes,
            rounds: 1 << cost.costExponent,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        return key.withUnsafeBytes { Array($0) }
    }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasPrefix("ln="), parts[1].hasPrefix("r="), parts[2].hasPrefix("p="),
            let costExponent = Int(parts[0].dropFirst(3)), let blockSize = Int(parts[1].dropFirst(2)),
            let parallelism = Int(parts[2].dropFirst(2))
        else { return nil }
        return ScryptCost(costExponent: costExponent, blockSize: blockSize, parallelism: parallelism)
    }
}
