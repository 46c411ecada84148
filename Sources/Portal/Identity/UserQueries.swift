import FoundationEssentials
import Postgres

/// The SQL of users.
enum UserQueries {
    /// What `User(row:)` reads, from `users AS u`.
    static let columns: SQL = """
        u.id AS user_id, u.email, u.name AS user_name, u.locale, u.theme, u.time_zone, u.disabled_at,
        u.created_at AS user_created_at, u.kind AS user_kind, u.invited_at, u.away_from,
        u.away_until, u.signed_in_at, u.version AS user_version
        """

    /// One user by primary key.
    static func byID(_ id: UserID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM users AS u
        WHERE u.id = \(id)
        """
    }

    /// One user by primary key, locked until the end of the transaction.
    static func byIDForUpdate(_ id: UserID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE"
    }

    /// A row when a user is not disabled, which nobody can become until the end of the transaction.
    static func activeForShare(_ id: UserID) -> SQL {
        """
        SELECT id
        FROM users
        WHERE id = \(id) AND disabled_at IS NULL
        FOR SHARE
        """
    }

    /// One user with the password hash; index `users_email_is_unique`.
    static func byEmail(_ email: String) -> SQL {
        """
        SELECT \(sql: columns), u.password_hash
        FROM users AS u
        WHERE u.email = \(email)
        """
    }

    /// The password hash of one user.
    static func passwordHash(of id: UserID) -> SQL {
        """
        SELECT password_hash
        FROM users
        WHERE id = \(id)
        """
    }

    /// A page of people by e-mail, those that match `search` in name or e-mail; index `users_email_is_unique`.
    static func page(search: String?, after email: String?, rowsMax: Int) -> SQL {
        let pattern = search.map { "%\($0.escapedForLike)%" }
        return """
            SELECT \(sql: columns)
            FROM users AS u
            WHERE u.kind = 'person' AND u.email > \(email ?? "")
                AND (\(pattern)::text IS NULL OR u.email LIKE lower(\(pattern)) OR u.name ILIKE \(pattern))
            ORDER BY u.email
            LIMIT \(rowsMax)
            """
    }

    /// Adds a user; violates `users_email_is_unique` when the e-mail is taken.
    static func insert(_ user: User, passwordHash: String?) -> SQL {
        """
        INSERT INTO users (id, email, name, password_hash, locale, theme, time_zone, created_at, updated_at, kind,
            invited_at)
        VALUES (\(user.id), \(user.email), \(user.name), \(passwordHash), \(user.locale), \(user.theme),
            \(user.timeZone), \(user.createdAt), \(user.createdAt), \(user.kind), \(user.invitedAt))
        """
    }

    /// Writes what a user may change about themselves.
    static func updatePreferences(_ user: User, at time: Date) -> SQL {
        """
        UPDATE users
        SET name = \(user.name), locale = \(user.locale), theme = \(user.theme), time_zone = \(user.timeZone),
            away_from = \(user.away?.from), away_until = \(user.away?.until), version = version + 1,
            updated_at = \(time)
        WHERE id = \(user.id)
        """
    }

    /// A row when an account is active and its password is still the one with this hash; locked until the end of the
    /// transaction.
    static func signingInForUpdate(_ id: UserID, passwordHash: String) -> SQL {
        """
        SELECT id
        FROM users
        WHERE id = \(id) AND password_hash = \(passwordHash) AND disabled_at IS NULL
        FOR NO KEY UPDATE
        """
    }

    /// Writes a new password hash.
    static func updatePasswordHash(of id: UserID, to hash: String, at time: Date) -> SQL {
        """
        UPDATE users
        SET password_hash = \(hash), updated_at = \(time)
        WHERE id = \(id)
        """
    }

    /// Takes the password away; the account then signs in elsewhere, or by a link that sets another one.
    static func removePassword(of id: UserID, at time: Date) -> SQL {
        """
        UPDATE users
        SET password_hash = NULL, updated_at = \(time)
        WHERE id = \(id) AND password_hash IS NOT NULL
        """
    }

    /// Notes that an invited person has answered; changes nothing for others.
    static func noteAnswered(_ id: UserID, at time: Date) -> SQL {
        """
        UPDATE users
        SET invited_at = NULL, updated_at = \(time)
        WHERE id = \(id) AND invited_at IS NOT NULL
        """
    }

    /// Removes the account of an invited person who has not answered and has no role, directly or by a group.
    static func deleteInvitedWithoutRoles(_ id: UserID) -> SQL {
        """
        DELETE FROM users
        WHERE id = \(id) AND invited_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM role_bindings AS b WHERE b.user_id = \(id))
            AND NOT EXISTS (SELECT FROM group_members AS m WHERE m.user_id = \(id))
        """
    }

    /// Notes that somebody signed in, which answers an invitation as well.
    static func noteSignIn(_ id: UserID, at time: Date) -> SQL {
        """
        UPDATE users
        SET signed_in_at = \(time), invited_at = NULL
        WHERE id = \(id)
        """
    }

    /// Disables or enables a user.
    static func updateDisabled(_ id: UserID, disabledAt: Date?, at time: Date) -> SQL {
        """
        UPDATE users
        SET disabled_at = \(disabledAt), version = version + 1, updated_at = \(time)
        WHERE id = \(id)
        """
    }
}

extension String {
    /// The text with the wildcards of `LIKE` taken literally.
    var escapedForLike: String {
        reduce(into: "") { text, character in
            if character == "%" || character == "_" || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }
}
