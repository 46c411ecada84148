import Crypto
import CryptoExtras
import Foundation
import JSON
import Portal

/// A key that signs tokens by hand, so that a library's idea of a right token is not what is tested.
struct SigningKey: Sendable {
    let id: String
    let algorithm: String
    /// The public half, as a key set has it.
    let publicKey: JSONValue
    private let signature: @Sendable (Data) throws -> Data

    /// A token of these parts.
    func sign(_ header: JSONValue, _ claims: JSONValue) throws -> String {
        let text = Self.part(header) + "." + Self.part(claims)
        return text + "." + Base64URL.encode(Array(try signature(Data(text.utf8))))
    }

    /// A part of a token.
    static func part(_ json: JSONValue) -> String { Base64URL.encode(json.encoded()) }

    /// ES256.
    static func ecdsa(id: String = UUID().uuidString) -> SigningKey {
        let key = P256.Signing.PrivateKey()
        let point = Array(key.publicKey.rawRepresentation)
        return SigningKey(
            id: id,
            algorithm: "ES256",
            publicKey: [
                "kty": "EC", "crv": "P-256", "kid": .string(id), "alg": "ES256", "use": "sig",
                "x": .string(Base64URL.encode(point[..<32])), "y": .string(Base64URL.encode(point[32...])),
            ],
            signature: { try key.signature(for: $0).rawRepresentation }
        )
    }

    /// EdDSA by Ed25519.
    static func edDSA(id: String = UUID().uuidString) -> SigningKey {
        let key = Curve25519.Signing.PrivateKey()
        return SigningKey(
            id: id,
            algorithm: "EdDSA",
            publicKey: [
                "kty": "OKP", "crv": "Ed25519", "kid": .string(id),
                "x": .string(Base64URL.encode(Array(key.publicKey.rawRepresentation))),
            ],
            signature: { try key.signature(for: $0) }
        )
    }

    /// RS256 or PS256.
    static func rsa(_ algorithm: String = "RS256", id: String = UUID().uuidString) throws -> SigningKey {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let primitives = try key.publicKey.getKeyPrimitives()
        return SigningKey(
            id: id,
            algorithm: algorithm,
            publicKey: [
                "kty": "RSA", "kid": .string(id), "use": "sig",
                "n": .string(Base64URL.encode(Array(primitives.modulus))),
                "e": .string(Base64URL.encode(Array(primitives.publicExponent))),
            ],
            signature: { data in
                let padding: _RSA.Signing.Padding = algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5
                return try key.signature(for: SHA256.hash(data: data), padding: padding).rawRepresentation
            }
        )
    }
}
