import Foundation

/// The statements of the migrator.
enum MigrationQueries {
    /// Makes the table of applied migrations.
    static var createTable: SQL {
        """
        CREATE TABLE IF NOT EXISTS portal_migrations (
            number     integer     NOT NULL CONSTRAINT portal_migrations_pkey PRIMARY KEY,
            name       text        NOT NULL,
            checksum   text        NOT NULL,
            applied_at timestamptz NOT NULL
        )
        """
    }

    /// One row: whether the table is there.
    static var tableExists: SQL {
        "SELECT to_regclass('portal_migrations') IS NOT NULL AS exists"
    }

    /// All applied migrations by number.
    static var applied: SQL {
        """
        SELECT number, name, checksum, applied_at
        FROM portal_migrations
        ORDER BY number
        """
    }

    /// Notes an applied migration.
    static func insert(_ migration: Migration, at time: Date) -> SQL {
        """
        INSERT INTO portal_migrations (number, name, checksum, applied_at)
        VALUES (\(migration.number), \(migration.name), \(migration.checksum), \(time))
        """
    }

    /// Forgets an applied migration.
    static func delete(_ migration: Migration) -> SQL {
        "DELETE FROM portal_migrations WHERE number = \(migration.number)"
    }

    /// One row: whether the lock of the migrators was free and is held now, until the session ends.
    ///
    /// Its key is a constant of this product, in the whole database.
    static var tryLock: SQL {
        "SELECT pg_try_advisory_lock(7241856320019::bigint) AS locked"
    }

    /// Files may take as long as they need.
    static var unlimitedTime: SQL {
        "SET LOCAL statement_timeout = 0"
    }
}

/// A row of the table of applied migrations.
struct AppliedMigration: Sendable {
    /// From 1.
    let number: Int
    /// As in the file's name when it was applied.
    let name: String
    /// Of the up file when it was applied.
    let checksum: String
    /// When it was applied.
    let appliedAt: Date

    /// Reads a row of `MigrationQueries.applied`.
    init(_ row: PostgresRow) throws(PostgresError) {
        number = try row.decode("number")
        name = try row.decode("name")
        checksum = try row.decode("checksum")
        appliedAt = try row.decode("applied_at")
    }
}
