import FoundationEssentials

/// What a provider says about a user, verified to be from the provider and for this portal.
public struct ExternalIdentity: Sendable, Hashable {
    /// The issuer; with the subject the only key that never means somebody else later.
    public var issuer: String
    /// The user at the issuer.
    public var subject: String
    /// The e-mail; nil when the provider told none.
    public var email: String?
    /// Whether the provider, or the operator in its place, says that the e-mail is the user's.
    public var isEmailVerified: Bool
    /// The name as shown to others; nil when the provider told none.
    public var name: String?
    /// The groups; empty when the provider told none.
    public var groups: [String]

    /// An identity.
    public init(
        issuer: String,
        subject: String,
        email: String? = nil,
        isEmailVerified: Bool = false,
        name: String? = nil,
        groups: [String] = []
    ) {
        self.issuer = issuer
        self.subject = subject
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.name = name
        self.groups = groups
    }
}
