public import Foundation
import Crypto

/// One numbered change of the schema: a pair of files.
public struct Migration: Sendable, Hashable {
    /// From 1, without gaps.
    public let number: Int
    /// The name without number and ending, as in `create_tenants`.
    public let name: String
    /// SHA-256 of the up file in hexadecimal.
    public let checksum: String
    /// The statements that make the change.
    let upText: String
    /// The statements that take it back.
    let downText: String

    /// The name of one of the files.
    func fileName(_ direction: String) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).\(direction).sql"
    }
}

/// A migration and whether it is applied.
public struct MigrationStatus: Sendable, Hashable {
    /// Whether a migration is applied.
    public enum State: String, Sendable, Hashable {
        /// Not applied yet.
        case pending
        /// Applied, and the file is what it was.
        case applied
        /// Applied, but the up file was edited since.
        case changed
        /// Applied, but there is no such file.
        case unknown
    }

    /// From 1.
    public let number: Int
    /// As in the file's name.
    public let name: String
    /// Whether it is applied.
    public let state: State
    /// When it was applied.
    public let appliedAt: Date?
}

/// The migrations of a directory.
struct MigrationDirectory: Sendable {
    /// In order of their numbers, which are 1, 2, 3, ….
    let migrations: [Migration]

    /// Reads all files of a directory.
    ///
    /// Other files than `.sql` are left alone.
    ///
    /// - Throws: `MigrationError` for the first thing that is wrong, in the order of its cases.
    init(path: String, limits: PostgresLimits) throws(MigrationError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .unreadableDirectory(path)
        }
        var files: [Int: [String: String]] = [:]
        var titles: [Int: String] = [:]
        for name in names.filter({ $0.hasSuffix(".sql") }).sorted() {
            guard let parts = Self.parts(of: name), parts.number <= limits.migrationsMax else {
                throw .badFileName(name)
            }
            if let title = titles[parts.number], title != parts.name {
                throw .duplicateNumber(parts.number, title, parts.name)
            }
            titles[parts.number] = parts.name
            files[parts.number, default: [:]][parts.direction] = name
        }
        var migrations: [Migration] = []
        for number in files.keys.sorted() {
            guard number == migrations.count + 1 else { throw .gap(missing: migrations.count + 1) }
            let name = titles[number] ?? ""
            migrations.append(try Self.migration(number, name, files[number] ?? [:], path: path, limits: limits))
        }
        self.migrations = migrations
    }

    /// Takes `0007_add_deadline.up.sql` apart.
    private static func parts(of fileName: String) -> (number: Int, name: String, direction: String)? {
        let pieces = fileName.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[1] == "up" || pieces[1] == "down" else { return nil }
        let digits = pieces[0].prefix(4)
        let name = pieces[0].dropFirst(5)
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
            number > 0, pieces[0].dropFirst(4).first == "_", !name.isEmpty,
            name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        return (number, String(name), String(pieces[1]))
    }

    private static func migration(
        _ number: Int,
        _ name: String,
        _ files: [String: String],
        path: String,
        limits: PostgresLimits
    ) throws(MigrationError) -> Migration {
        let empty = Migration(number: number, name: name, checksum: "", upText: "", downText: "")
        guard let up = files["up"] else { throw .missingPair(empty.fileName("up")) }
        guard let down = files["down"] else { throw .missingPair(empty.fileName("down")) }
        let upText = try text(of: up, path: path, limits: limits)
        let digest = SHA256.hash(data: Data(upText.utf8))
        return Migration(
            number: number,
            name: name,
            checksum: digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(),
            upText: upText,
            downText: try text(of: down, path: path, limits: limits)
        )
    }

    private static func text(
        of file: String,
        path: String,
        limits: PostgresLimits
    ) throws(MigrationError) -> String {
        guard let data = FileManager.default.contents(atPath: path + "/" + file),
            data.count <= limits.migrationBytesMax, !data.contains(0), let text = String(data: data, encoding: .utf8)
        else { throw .unreadableFile(file) }
        return text
    }
}
