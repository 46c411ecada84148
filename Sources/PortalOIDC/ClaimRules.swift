import FoundationEssentials
import JSON
import Portal

/// What the claims of an ID token must say (OpenID Connect Core 1.0 section 3.1.3.7).
struct ClaimRules: Sendable {
    let issuer: String
    let clientID: String
    let nonce: String
    let accessToken: String?
    let now: Date
    let limits: OpenIDLimits

    /// Checks the claims of a token whose signature is right; the first that is wrong is told.
    func check(_ claims: JSONValue, algorithm: TokenAlgorithm) throws(IdentityProviderError) {
        guard claims["iss"]?.string == issuer else { throw .untrusted("the ID token is of another issuer") }
        try checkAudience(claims)
        try checkTimes(claims)
        guard let told = claims["nonce"]?.string, Self.isEqual(told, nonce) else {
            throw .untrusted("the ID token was not made for this sign-in: the nonce is wrong")
        }
        if let hash = claims["at_hash"]?.string, let accessToken,
            !Self.isEqual(hash, Base64URL.encode(algorithm.halfHash(accessToken)))
        {
            throw .untrusted("the access token is not the one of the ID token")
        }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count) else {
            throw .untrusted("the ID token names nobody")
        }
    }

    private func checkAudience(_ claims: JSONValue) throws(IdentityProviderError) {
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard audiences.contains(clientID) else { throw .untrusted("the ID token is for somebody else") }
        let party = claims["azp"]?.string
        // Others may read it as well only when it says that it was this client who asked.
        guard party == clientID || (party == nil && audiences.count == 1) else {
            throw .untrusted("the ID token was made for another client")
        }
    }

    private func checkTimes(_ claims: JSONValue) throws(IdentityProviderError) {
        let skew = limits.clockSkew / .seconds(1)
        let now = now.timeIntervalSince1970
        guard let expires = claims["exp"]?.double, expires + skew > now else {
            throw .untrusted("the ID token has expired")
        }
        guard let issued = claims["iat"]?.double, issued - skew <= now else {
            throw .untrusted("the ID token is from the future")
        }
        guard issued + skew + limits.tokenAgeMax / .seconds(1) >= now else { throw .untrusted("the ID token is old") }
        if let begins = claims["nbf"]?.double, begins - skew > now { throw .untrusted("the ID token is not valid yet") }
    }

    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        return left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
