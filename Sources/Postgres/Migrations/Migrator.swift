import Foundation
public import Logging

/// Brings the schema of a database to the state of a directory of SQL files, and back.
///
/// A migration is a pair `0001_create_tenants.up.sql` and `0001_create_tenants.down.sql`; numbers go up by one. Each
/// file runs in a transaction of its own together with the note in `portal_migrations`, so a failed one leaves nothing.
/// Any number of migrators may run at a time: an advisory lock lets one after the other work, and the later ones find
/// nothing to do.
public struct Migrator: Sendable {
    private let directory: String
    private let database: PostgresDatabase
    private let setting: PostgresSetting?
    private let logger: Logger

    /// Names the files and the database; nothing is read yet.
    ///
    /// - Parameters:
    ///   - directory: Path of the directory of SQL files.
    ///   - database: Where to apply them.
    ///   - setting: What the files find in force, for those that change rows behind row-level security.
    ///   - logger: Told about each applied file.
    public init(directory: String, database: PostgresDatabase, setting: PostgresSetting? = nil, logger: Logger) {
        self.directory = directory
        self.database = database
        self.setting = setting
        self.logger = logger
    }

    /// Compares the directory with the database; changes nothing.
    ///
    /// - Returns: All migrations by number, those that only the database knows included.
    /// - Throws: `MigrationError` for a faulty directory; `PostgresError`.
    public func status() async throws -> [MigrationStatus] {
        let migrations = try readDirectory()
        return try await database.session { connection in
            let applied = try await Self.applied(connection)
            return Self.status(migrations, applied)
        }
    }

    /// Applies what is pending.
    ///
    /// - Parameter number: The last migration to apply; `nil` is all of them.
    /// - Returns: The applied ones in order; empty when there was nothing to do.
    /// - Throws: `MigrationError`; `PostgresError`.
    @discardableResult
    public func up(to number: Int? = nil) async throws -> [Migration] {
        let migrations = try readDirectory()
        if let number, !migrations.contains(where: { $0.number == number }) {
            throw MigrationError.noSuchMigration(number)
        }
        return try await locked { connection, applied in
            try Self.check(migrations, applied)
            let pending = migrations.dropFirst(applied.count).prefix { $0.number <= number ?? .max }
            for migration in pending { try await apply(migration, connection) }
            return Array(pending)
        }
    }

    /// Takes the latest migrations back.
    ///
    /// - Parameter steps: How many, at least 1; more than are applied takes all back.
    /// - Returns: The ones taken back, latest first.
    /// - Throws: `MigrationError`, `.nothingApplied` among them; `PostgresError`.
    @discardableResult
    public func down(steps: Int = 1) async throws -> [Migration] {
        let migrations = try readDirectory()
        return try await locked { connection, applied in
            let latest = try Self.latest(max(1, steps), migrations, applied)
            for migration in latest { try await revert(migration, connection) }
            return latest
        }
    }

    /// Takes the latest migration back and applies it again, for work on its files.
    ///
    /// The up file may have been edited since it was applied.
    ///
    /// - Returns: The migration.
    /// - Throws: `MigrationError`; `PostgresError`.
    @discardableResult
    public func redo() async throws -> Migration {
        let migrations = try readDirectory()
        return try await locked { connection, applied in
            let latest = try Self.latest(1, migrations, applied)
            guard let migration = latest.first else { throw MigrationError.nothingApplied }
            try await revert(migration, connection)
            try await apply(migration, connection)
            return migration
        }
    }

    private func readDirectory() throws(MigrationError) -> [Migration] {
        try MigrationDirectory(path: directory, limits: database.limits).migrations
    }
}

// MARK: - Comparing

extension Migrator {
    private static func applied(_ connection: PostgresConnection) async throws -> [AppliedMigration] {
        guard try await connection.first(MigrationQueries.tableExists)?.decode("exists") == true else { return [] }
        return try await connection.query(MigrationQueries.applied).map { try AppliedMigration($0) }
    }

    private static func status(_ migrations: [Migration], _ applied: [AppliedMigration]) -> [MigrationStatus] {
        let rows = Dictionary(applied.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var all = migrations.map { migration in
            let row = rows[migration.number]
            let state: MigrationStatus.State =
                row.map { $0.checksum == migration.checksum && $0.name == migration.name ? .applied : .changed }
                ?? .pending
            return MigrationStatus(
                number: migration.number,
                name: migration.name,
                state: state,
                appliedAt: row?.appliedAt
            )
        }
        for row in applied where row.number > migrations.count {
            all.append(MigrationStatus(number: row.number, name: row.name, state: .unknown, appliedAt: row.appliedAt))
        }
        return all
    }

    /// The applied migrations must be the first ones of the directory, unedited.
    private static func check(_ migrations: [Migration], _ applied: [AppliedMigration]) throws(MigrationError) {
        for (index, row) in applied.enumerated() {
            guard row.number <= migrations.count, row.number > 0 else { throw .unknownApplied(row.number, row.name) }
            guard row.number == index + 1 else { throw .outOfOrder(pending: index + 1, applied: row.number) }
            let migration = migrations[index]
            guard row.name == migration.name else { throw .unknownApplied(row.number, row.name) }
            guard row.checksum == migration.checksum else { throw .checksumChanged(row.number, row.name) }
        }
    }

    /// The latest applied migrations, latest first.
    private static func latest(
        _ count: Int,
        _ migrations: [Migration],
        _ applied: [AppliedMigration]
    ) throws(MigrationError) -> [Migration] {
        guard !applied.isEmpty else { throw .nothingApplied }
        var latest: [Migration] = []
        for row in applied.suffix(count).reversed() {
            guard let migration = migrations.first(where: { $0.number == row.number && $0.name == row.name }) else {
                throw .unknownApplied(row.number, row.name)
            }
            latest.append(migration)
        }
        return latest
    }
}

// MARK: - Applying

extension Migrator {
    /// Runs `body` while no other migrator works on the database.
    private func locked<R: Sendable>(
        _ body: @Sendable (PostgresConnection, [AppliedMigration]) async throws -> R
    ) async throws -> R {
        let deadline = ContinuousClock.now.advanced(by: database.limits.migrationLockWaitMax)
        return try await database.session { connection in
            // Asked for again and again, because a statement that waits for a lock would run into its own timeout.
            while try await connection.first(MigrationQueries.tryLock)?.decode("locked") != true {
                guard ContinuousClock.now < deadline else { throw MigrationError.locked }
                try await Task.sleep(for: .milliseconds(50))
            }
            // The end of the session gives the lock back.
            try await connection.execute(MigrationQueries.createTable)
            return try await body(connection, try await Self.applied(connection))
        }
    }

    private func apply(_ migration: Migration, _ connection: PostgresConnection) async throws {
        let start = ContinuousClock.now
        try await run(
            migration.upText,
            migration.fileName("up"),
            connection,
            MigrationQueries.insert(migration, at: Date())
        )
        logger.info("applied \(migration.fileName("up"))", metadata: ["took": "\(ContinuousClock.now - start)"])
    }

    private func revert(_ migration: Migration, _ connection: PostgresConnection) async throws {
        try await run(migration.downText, migration.fileName("down"), connection, MigrationQueries.delete(migration))
        logger.info("took back \(migration.fileName("down"))")
    }

    private func run(_ text: String, _ file: String, _ connection: PostgresConnection, _ note: SQL) async throws {
        try await connection.transaction { transaction in
            // The setting comes with this statement; with the script's simple protocol nothing can travel along.
            let beginning = setting.map { transaction.with($0) } ?? transaction
            try await beginning.execute(MigrationQueries.unlimitedTime)
            let isStillOpen: Bool
            do {
                isStillOpen = try await transaction.lease.use { connection in
                    try await connection.runScript(text)
                    return connection.isInTransaction
                }
            } catch let error as PostgresError where error.kind == .server {
                let line = error.position.map { Self.line(atCharacter: $0, of: text) }
                let detail = error.detail.map { " (\($0))" } ?? ""
                throw MigrationError.failed(file: file, line: line, message: error.message + detail)
            }
            guard isStillOpen else { throw MigrationError.hasTransaction(file) }
            try await transaction.execute(note)
        }
    }

    /// The line of a character, both counted from 1, as the server counts.
    static func line(atCharacter position: Int, of text: String) -> Int {
        1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}
