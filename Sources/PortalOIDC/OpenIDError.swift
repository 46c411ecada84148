import Portal

extension IdentityProviderError {
    /// The provider does not answer, or not in the form of the standard.
    static func unavailable(_ reason: String) -> IdentityProviderError { IdentityProviderError(.unavailable, reason) }

    /// What came is not to be believed.
    static func untrusted(_ reason: String) -> IdentityProviderError { IdentityProviderError(.untrusted, reason) }
}
