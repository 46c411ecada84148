import FoundationEssentials

extension User {
    /// Where the e-mails of service accounts are: no mail can reach them (RFC 6761 section 6.4).
    private static let serviceDomain = "service-account.invalid"

    /// Whether an e-mail is one that a service account has because every account has one; it says nothing to a reader.
    public static func isServiceAddress(_ email: String) -> Bool { email.hasSuffix("@\(serviceDomain)") }

    /// A new service account; its e-mail is one that no mail can reach.
    init(service name: String, createdAt: Date) {
        let id = UserID()
        self.init(
            id: id,
            email: "\(id)@\(Self.serviceDomain)",
            name: name,
            createdAt: createdAt,
            kind: .service
        )
    }

    /// The same account, waiting for its owner since it was made.
    func invited() -> User {
        User(
            id: id,
            email: email,
            name: name,
            locale: locale,
            theme: theme,
            timeZone: timeZone,
            createdAt: createdAt,
            invitedAt: createdAt
        )
    }

    /// The same account with other preferences.
    func with(_ preferences: UserPreferences) -> User {
        User(
            id: id,
            email: email,
            name: preferences.name,
            locale: preferences.locale,
            theme: preferences.theme,
            timeZone: preferences.timeZone,
            disabledAt: disabledAt,
            createdAt: createdAt,
            kind: kind,
            invitedAt: invitedAt,
            away: preferences.away,
            signedInAt: signedInAt,
            version: version
        )
    }
}
