import Crypto
import FoundationEssentials

/// The signatures that are believed: by a private key that only the provider has.
///
/// Not on the list, and so never believed: `none`, and `HS…`, whose key would be a public text or the client secret.
enum TokenAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256", rs384 = "RS384", rs512 = "RS512"
    case ps256 = "PS256", ps384 = "PS384", ps512 = "PS512"
    case es256 = "ES256", es384 = "ES384", es512 = "ES512"
    case edDSA = "EdDSA"

    /// The `kty` of its keys (RFC 7518 section 6.1, RFC 8037 section 2).
    var keyType: String {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "RSA"
        case .es256, .es384, .es512: "EC"
        case .edDSA: "OKP"
        }
    }

    /// The `crv` of its keys; nil for RSA.
    var curve: String? {
        switch self {
        case .es256: "P-256"
        case .es384: "P-384"
        case .es512: "P-521"
        case .edDSA: "Ed25519"
        default: nil
        }
    }

    /// The left half of the hash of a text, as `at_hash` has it (OpenID Connect Core 1.0 section 3.1.3.6).
    func halfHash(_ text: String) -> [UInt8] {
        let data = Data(text.utf8)
        switch self {
        case .rs256, .ps256, .es256: return Array(SHA256.hash(data: data)).firstHalf
        case .rs384, .ps384, .es384: return Array(SHA384.hash(data: data)).firstHalf
        // Ed25519 has SHA-512 inside, which is what providers take.
        case .rs512, .ps512, .es512, .edDSA: return Array(SHA512.hash(data: data)).firstHalf
        }
    }
}

extension [UInt8] {
    fileprivate var firstHalf: [UInt8] { Array(prefix(count / 2)) }
}
