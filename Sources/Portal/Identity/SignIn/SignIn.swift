public import FoundationEssentials

/// A sign-in that worked.
public struct SignIn: Sendable {
    /// The session token: for the cookie, or as a bearer token.
    ///
    /// Shown only now.
    public let token: String
    /// When the session ends without use.
    public let expiresAt: Date
    /// Who signed in.
    public let user: User
    /// What failed since the last sign-in; nil when nothing did.
    public let failures: FailedSignIns?
}
