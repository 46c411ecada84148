import Postgres

extension UserLocale: PostgresCodable {}
extension UserTheme: PostgresCodable {}
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
            createdAt: try row.decode("user_created_at")
        )
    }
}
