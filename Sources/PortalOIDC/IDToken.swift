import JSON
import JWTKit
import Portal

/// A signed token in its three parts (RFC 7515 section 3.1); nothing of it is believed before `verify`.
struct IDToken: Sendable {
    /// The algorithm of the header, which is on the list.
    let algorithm: TokenAlgorithm
    /// The key id of the header.
    let keyID: String?

    private let text: String
    private let claims: JSONValue

    /// Takes a token apart.
    init(_ text: String, bytesMax: Int) throws(IdentityProviderError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= bytesMax, parts.count == 3, let header = Self.json(parts[0]),
            let claims = Self.json(parts[1]), claims.object != nil, header.object != nil,
            Base64URL.decode(String(parts[2])) != nil
        else { throw .untrusted("the ID token is none") }
        guard let name = header["alg"]?.string, let algorithm = TokenAlgorithm(rawValue: name) else {
            throw .untrusted("the ID token is signed by \(Self.word(header["alg"]?.string)), which is not accepted")
        }
        // What it says has to be understood (RFC 7515 section 4.1.11), and nothing is.
        guard header["crit"] == nil else { throw .untrusted("the ID token has critical header fields") }
        self.algorithm = algorithm
        self.text = text
        self.claims = claims
        keyID = header["kid"]?.string
    }

    /// The claims, once one of the keys has verified the signature over them.
    func verified(by keys: [JWK]) async throws(IdentityProviderError) -> JSONValue {
        for key in keys {
            // Of its own for each key: a collection answers with another key when it does not have the one that is named.
            let collection = JWTKeyCollection()
            do {
                try await collection.add(jwk: key)
                _ = try await collection.verify(text, as: SignedBytes.self)
                return claims
            } catch {
                continue
            }
        }
        throw .untrusted("the signature of the ID token is wrong")
    }

    private static func json(_ part: Substring) -> JSONValue? {
        // Duplicate members are refused by the parser: two readers could take different ones.
        Base64URL.decode(String(part)).flatMap { try? JSONValue(parsing: $0) }
    }

    /// A word of a stranger, fit for a log.
    private static func word(_ text: String?) -> String {
        String((text ?? "nothing").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(16))
    }
}

/// Lets jwt-kit verify a signature without reading the claims: they are read from the very same bytes, by one parser.
private struct SignedBytes: JWTPayload {
    init(from decoder: any Decoder) throws {}
    func encode(to encoder: any Encoder) throws {}
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
