import JSON
import Portal

/// Reads the claims that this portal uses.
struct ClaimReader: Sendable {
    let groupsClaim: String
    let trustsEmail: Bool
    let limits: OpenIDLimits

    /// What verified claims say about their subject.
    func identity(_ claims: JSONValue, issuer: String) -> ExternalIdentity {
        let name = claims["name"]?.string ?? claims["preferred_username"]?.string
        return ExternalIdentity(
            issuer: issuer,
            subject: claims["sub"]?.string ?? "",
            email: claims["email"]?.string,
            // Some providers write the boolean as a text.
            isEmailVerified: trustsEmail || claims["email_verified"]?.bool == true
                || claims["email_verified"]?.string == "true",
            name: name,
            groups: groups(claims) ?? []
        )
    }

    /// Whether the claims lack something that the user info may have.
    func lacksSomething(_ claims: JSONValue) -> Bool {
        claims["email"] == nil || claims["name"] == nil || groups(claims) == nil
    }

    /// The groups; nil when the claim is not there.
    private func groups(_ claims: JSONValue) -> [String]? {
        // A claim may have dots in its own name, as URLs do.
        let value =
            claims[groupsClaim]
            ?? groupsClaim.split(separator: ".").reduce(claims as JSONValue?) { $0?[String($1)] }
        guard let value else { return nil }
        let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
        return names.filter { !$0.isEmpty && $0.utf8.count <= limits.groupBytesMax }.prefix(limits.groupsMax).map { $0 }
    }
}
