import JSON
import JWTKit
import Portal

/// The public keys of a provider (RFC 7517).
struct KeySet: Sendable {
    private let keys: [Key]

    /// One key that can verify signatures.
    private struct Key: Sendable {
        let id: String?
        let type: String
        let curve: String?
        /// The only algorithm that it is for; nil for any of its type.
        let algorithm: String?
        let members: [String: String]
    }

    /// Reads a key set; keys that are for something else, or of a kind that nobody knows, are left out.
    init(_ json: JSONValue, keysMax: Int) throws(IdentityProviderError) {
        guard let entries = json["keys"]?.array else { throw .unavailable("the key set has no keys") }
        keys = entries.prefix(keysMax).compactMap { entry in
            guard let type = entry["kty"]?.string, entry["use"]?.string ?? "sig" == "sig" else { return nil }
            if let operations = entry["key_ops"]?.array, !operations.contains("verify") { return nil }
            let members = ["n", "e", "x", "y"].reduce(into: [String: String]()) { members, name in
                members[name] = entry[name]?.string
            }
            return Key(
                id: entry["kid"]?.string,
                type: type,
                curve: entry["crv"]?.string,
                algorithm: entry["alg"]?.string,
                members: members
            )
        }
    }

    /// The keys that a token can be signed with: those with its key id, or all of the right kind when it names none.
    ///
    /// - Returns: Keys as jwt-kit takes them, each for this algorithm only; empty when there is none.
    func candidates(id: String?, algorithm: TokenAlgorithm) -> [JWK] {
        keys.compactMap { key in
            guard id == nil || key.id == id, key.type == algorithm.keyType, key.curve == algorithm.curve,
                key.algorithm == nil || key.algorithm == algorithm.rawValue
            else { return nil }
            return Self.jwk(key, algorithm)
        }
    }

    private static func jwk(_ key: Key, _ algorithm: TokenAlgorithm) -> JWK? {
        let name = JWK.Algorithm(rawValue: algorithm.rawValue)
        let id = JWKIdentifier(string: "candidate")
        switch algorithm.keyType {
        case "RSA":
            return .rsa(name, identifier: id, modulus: key.members["n"], exponent: key.members["e"])
        case "EC":
            let curve = key.curve.flatMap(ECDSACurve.init(rawValue:))
            return .ecdsa(name, identifier: id, x: key.members["x"], y: key.members["y"], curve: curve)
        default:
            let curve = key.curve.flatMap(EdDSACurve.init(rawValue:))
            return .octetKeyPair(name, identifier: id, x: key.members["x"], y: nil, curve: curve)
        }
    }
}
