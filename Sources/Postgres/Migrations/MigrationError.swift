/// Why the database was not migrated.
///
/// The messages are for the person who runs the command.
public enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The directory cannot be read.
    case unreadableDirectory(String)
    /// A `.sql` file is not called `0001_verb_noun.up.sql` or `….down.sql`.
    case badFileName(String)
    /// A file is larger than `PostgresLimits.migrationBytesMax`, not UTF-8, or has a NUL in it.
    case unreadableFile(String)
    /// Two migrations have the same number.
    case duplicateNumber(Int, String, String)
    /// The numbers do not go up by one from 1.
    case gap(missing: Int)
    /// Only one file of the pair is there.
    case missingPair(String)
    /// An applied file was edited.
    case checksumChanged(Int, String)
    /// The database has a migration that the directory does not have: the program is older than the database.
    case unknownApplied(Int, String)
    /// The applied migrations are not the first ones.
    case outOfOrder(pending: Int, applied: Int)
    /// There is no migration of that number to go to.
    case noSuchMigration(Int)
    /// There is nothing to take back.
    case nothingApplied
    /// Another migrator did not finish in time.
    case locked
    /// A file has BEGIN, COMMIT or ROLLBACK of its own.
    case hasTransaction(String)
    /// A statement of a file failed; `line` is counted from 1.
    case failed(file: String, line: Int?, message: String)

    /// A sentence with what to do.
    public var description: String {
        switch self {
        case .unreadableDirectory(let path): "The migrations directory \(path) cannot be read."
        case .badFileName(let name):
            "\(name) is not a name of a migration; write 0001_verb_noun.up.sql and 0001_verb_noun.down.sql."
        case .unreadableFile(let name): "\(name) is too large, not UTF-8, or has a NUL character in it."
        case .duplicateNumber(let number, let first, let second):
            "Number \(number) is taken twice, by \(first) and \(second); renumber one of them."
        case .gap(let missing): "There is no migration \(missing) but there are later ones; numbers go up by one."
        case .missingPair(let name): "\(name) is missing; every migration has an up and a down file."
        case .checksumChanged(let number, let name):
            "\(number) \(name) was edited after it was applied; undo the edit and add a new migration."
        case .unknownApplied(let number, let name):
            "The database has migration \(number) \(name), which this program does not know; use a newer program."
        case .outOfOrder(let pending, let applied):
            "Migration \(pending) is not applied, but \(applied) is; give the new one a higher number."
        case .noSuchMigration(let number): "There is no migration \(number)."
        case .nothingApplied: "No migration is applied, there is nothing to take back."
        case .locked: "Another migrator is at work on this database and did not finish in time; try again."
        case .hasTransaction(let name):
            "\(name) begins or ends a transaction; every file runs in one of its own, remove these statements."
        case .failed(let file, let line, let message): "\(file)\(line.map { ":\($0)" } ?? ""): \(message)"
        }
    }
}
