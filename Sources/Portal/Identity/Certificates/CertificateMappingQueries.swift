import FoundationEssentials
import Postgres

/// The SQL of client certificates that stand for service accounts.
enum CertificateMappingQueries {
    private static let columns: SQL = """
        m.id AS mapping_id, m.user_id, m.kind, m.value, m.issuer, m.created_at, m.last_used_at, m.expires_at
        """

    /// The mappings that a certificate answers to and that have not ended, of active service accounts; index
    /// `client_certificate_mappings_name_is_unique`.
    ///
    /// Two rows are enough to know that the certificate stands for more than one account. Kinds and values are pairs.
    static func matching(kinds: [String], values: [String], issuer: String, at time: Date) -> SQL {
        """
        SELECT DISTINCT ON (m.user_id) \(sql: columns)
        FROM unnest(\(kinds)::text[], \(values)::text[]) AS n (kind, value)
        JOIN client_certificate_mappings AS m ON m.kind = n.kind AND m.value = n.value
        JOIN users AS u ON u.id = m.user_id
        WHERE (m.issuer IS NULL OR m.issuer = \(issuer)) AND (m.expires_at IS NULL OR m.expires_at > \(time))
            AND u.disabled_at IS NULL
        ORDER BY m.user_id, m.id
        LIMIT 2
        """
    }

    /// The account and one row per role (one without roles when there is none); the indexes of `CallerQueries`.
    static func caller(_ id: UserID, bindingsMax: Int) -> SQL {
        """
        SELECT \(sql: UserQueries.columns), \(sql: CallerQueries.bindingColumns)
        FROM users AS u
        \(sql: CallerQueries.bindingsOfUser)
        WHERE u.id = \(id) AND u.kind = 'service' AND u.disabled_at IS NULL
        ORDER BY \(sql: CallerQueries.bindingOrder)
        LIMIT \(bindingsMax)
        """
    }

    /// One mapping, locked until the end of the transaction.
    static func byIDForUpdate(_ id: CertificateMappingID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM client_certificate_mappings AS m
        WHERE m.id = \(id)
        FOR UPDATE
        """
    }

    /// Notes a use; does nothing when another request did since `unlessUsedAfter`.
    static func touch(_ id: CertificateMappingID, at time: Date, unlessUsedAfter: Date) -> SQL {
        """
        UPDATE client_certificate_mappings
        SET last_used_at = \(time)
        WHERE id = \(id) AND (last_used_at IS NULL OR last_used_at <= \(unlessUsedAfter))
        """
    }

    /// Adds a mapping; violates `client_certificate_mappings_name_is_unique` when the name stands for an account already.
    static func insert(_ mapping: CertificateMapping, createdBy: UserID?) -> SQL {
        """
        INSERT INTO client_certificate_mappings (id, user_id, kind, value, issuer, created_by, created_at, expires_at)
        VALUES (\(mapping.id), \(mapping.userID), \(mapping.kind), \(mapping.value), \(mapping.issuer), \(createdBy),
            \(mapping.createdAt), \(mapping.expiresAt))
        """
    }

    /// How many mappings a service account has.
    static func count(of userID: UserID) -> SQL {
        """
        SELECT count(*) AS mappings
        FROM client_certificate_mappings
        WHERE user_id = \(userID)
        """
    }

    /// A page of the mappings of a service account, newest first; index `client_certificate_mappings_by_user`.
    static func page(of userID: UserID, before id: CertificateMappingID?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM client_certificate_mappings AS m
        WHERE m.user_id = \(userID) AND (\(id)::uuid IS NULL OR m.id < \(id))
        ORDER BY m.id DESC
        LIMIT \(rowsMax)
        """
    }

    /// Removes a mapping.
    static func delete(_ id: CertificateMappingID) -> SQL {
        """
        DELETE FROM client_certificate_mappings
        WHERE id = \(id)
        """
    }
}
