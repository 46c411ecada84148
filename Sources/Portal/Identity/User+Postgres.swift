import Postgres

extension UserLocale: PostgresCodable {}
extension UserTheme: PostgresCodable {}
extension User.Kind: PostgresCodable {}
extension Role: PostgresCodable {}

extension User {
    /// Reads the columns of `UserQueries.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("user_id"),
            email: try row.decode("email"),
            name: try row.decode("user_name"),
            locale: try row.decode("locale"),
            theme: try row.decode("theme"),
            timeZone: try row.decode("time_zone"),
            disabledAt: try row.decode("disabled_at"),
            createdAt: try row.decode("user_created_at"),
            kind: try row.decode("user_kind"),
            invitedAt: try row.decode("invited_at"),
            away: try AwayDays(row: row),
            signedInAt: try row.decode("signed_in_at"),
            version: try row.decode("user_version")
        )
    }
}

extension AwayDays {
    /// Reads `away_from` and `away_until`; nil for nobody who is away.
    init?(row: PostgresRow) throws {
        guard let from = try row.decode("away_from", as: CalendarDay?.self),
            let until = try row.decode("away_until", as: CalendarDay?.self)
        else { return nil }
        self.init(from: from, until: until)
    }
}
