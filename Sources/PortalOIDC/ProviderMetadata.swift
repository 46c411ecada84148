import JSON
import Portal

/// What a provider says about itself (OpenID Connect Discovery 1.0 section 3).
struct ProviderMetadata: Sendable, Hashable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysURL: String
    let userInfoEndpoint: String?
    let endSessionEndpoint: String?
    /// Whether the secret goes into the form: the provider takes it there and nowhere else.
    let takesSecretInForm: Bool
    /// Whether answers always have `iss` (RFC 9207 section 3).
    let sendsIssuer: Bool

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - json: The document.
    ///   - issuer: The issuer that was configured; another one in the document makes it worthless.
    /// - Throws: `IdentityProviderError` `.unavailable`.
    init(_ json: JSONValue, issuer: String) throws(IdentityProviderError) {
        guard json["issuer"]?.string == issuer else {
            throw .unavailable("the metadata is of another issuer than \(issuer)")
        }
        func endpoint(_ name: String) throws(IdentityProviderError) -> String? {
            guard let url = json[name]?.string else { return nil }
            guard ProviderURL.isAllowed(url) else { throw .unavailable("\(name) is not by https") }
            return url
        }
        guard let authorization = try endpoint("authorization_endpoint"), let token = try endpoint("token_endpoint"),
            let keys = try endpoint("jwks_uri")
        else { throw .unavailable("the metadata lacks authorization_endpoint, token_endpoint or jwks_uri") }
        self.issuer = issuer
        authorizationEndpoint = authorization
        tokenEndpoint = token
        keysURL = keys
        userInfoEndpoint = try endpoint("userinfo_endpoint")
        endSessionEndpoint = try endpoint("end_session_endpoint")
        let methods = json["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? []
        takesSecretInForm = methods.contains("client_secret_post") && !methods.contains("client_secret_basic")
        sendsIssuer = json["authorization_response_iss_parameter_supported"]?.bool ?? false
        let challenges = json["code_challenge_methods_supported"]?.array?.compactMap(\.string)
        if let challenges, !challenges.contains("S256") {
            throw .unavailable("the provider does not do PKCE with S256")
        }
    }
}

/// Which addresses are asked at all.
public enum ProviderURL {
    /// Whether an address is by HTTPS, or by HTTP to this same machine, with no fragment.
    public static func isAllowed(_ url: String) -> Bool {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
        else {
            return false
        }
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty, !parts[2].contains("@") else { return false }
        if parts[0].lowercased() == "https:" { return true }
        guard parts[0].lowercased() == "http:" else { return false }
        // The whole authority but for a port: what only begins like this machine is another one.
        let authority = parts[2].lowercased()
        let port = authority.reversed().prefix { $0.isASCII && $0.isNumber }
        let host = authority.dropLast(port.count).hasSuffix(":") ? authority.dropLast(port.count + 1) : authority[...]
        return ["localhost", "127.0.0.1", "[::1]"].contains(host)
    }
}
