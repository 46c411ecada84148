import FoundationEssentials

extension User {
    /// A new service account; its e-mail is one that no mail can reach (RFC 6761 section 6.4).
    init(service name: String, createdAt: Date) {
        let id = UserID()
        self.init(
            id: id,
            email: "\(id)@service-account.invalid",
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
            signedInAt: signedInAt
        )
    }
}
