import Foundation
import Logging
import PortalTesting
import Testing

@testable import Postgres

struct MigratorTests {
    /// A directory of migration files and a database to apply them to.
    private struct Project: Sendable {
        let directory: String
        let database: PostgresDatabase

        var migrator: Migrator {
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            return Migrator(directory: directory, database: database, logger: logger)
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
        }

        func writePair(_ name: String, up: String, down: String) throws {
            try write(name + ".up.sql", up)
            try write(name + ".down.sql", down)
        }

        func tables() async throws -> [String] {
            let rows = try await database.query(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'portal_migrations'
                ORDER BY relname
                """
            )
            return try rows.map { try $0.decode("name") }
        }
    }

    private func withProject(_ body: (Project) async throws -> Void) async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            try await body(Project(directory: directory.path, database: test.database))
        }
    }

    private func withThree(_ body: (Project) async throws -> Void) async throws {
        try await withProject { project in
            try project.writePair(
                "0001_create_a",
                up: "CREATE TABLE a (id int); CREATE INDEX ON a (id);",
                down: "DROP TABLE a;"
            )
            try project.writePair("0002_create_b", up: "CREATE TABLE b (id int);", down: "DROP TABLE b;")
            try project.writePair("0003_create_c", up: "CREATE TABLE c (id int)", down: "DROP TABLE c")
            try project.write("README.md", "not a migration")
            try await body(project)
        }
    }

    private func error(_ body: () async throws -> Void) async -> MigrationError? {
        do {
            try await body()
            return nil
        } catch { return error as? MigrationError }
    }

    @Test func up_appliesAllInOrderAndOnce() async throws {
        try await withThree { project in
            let first = try await project.migrator.up()
            let second = try await project.migrator.up()

            #expect(first.map(\.name) == ["create_a", "create_b", "create_c"])
            #expect(second.isEmpty)
            let tables = try await project.tables()
            #expect(tables == ["a", "b", "c"])
        }
    }

    @Test func up_stopsAtANumber() async throws {
        try await withThree { project in
            try await project.migrator.up(to: 2)

            let status = try await project.migrator.status()
            #expect(status.map(\.state) == [.applied, .applied, .pending])
            #expect(status.map { $0.appliedAt != nil } == [true, true, false])
            #expect(await error { try await project.migrator.up(to: 7) } == .noSuchMigration(7))
        }
    }

    @Test func status_changesNothing() async throws {
        try await withThree { project in
            let status = try await project.migrator.status()

            #expect(status.map(\.state) == [.pending, .pending, .pending])
            let row = try await project.database.first("SELECT to_regclass('portal_migrations') IS NULL AS absent")
            #expect(try row?.decode("absent") == true)
        }
    }

    @Test func down_takesTheLatestBack() async throws {
        try await withThree { project in
            try await project.migrator.up()

            let taken = try await project.migrator.down(steps: 2)
            #expect(taken.map(\.number) == [3, 2])
            let tables = try await project.tables()
            #expect(tables == ["a"])

            try await project.migrator.down(steps: 5)
            #expect(await error { try await project.migrator.down() } == .nothingApplied)
        }
    }

    @Test func redo_appliesAnEditedFile() async throws {
        try await withThree { project in
            try await project.migrator.up()
            try project.write("0003_create_c.up.sql", "CREATE TABLE c (id int, name text)")
            #expect(await error { try await project.migrator.up() } == .checksumChanged(3, "create_c"))
            #expect(try await project.migrator.status().last?.state == .changed)

            try await project.migrator.redo()

            #expect(try await project.database.query("SELECT name FROM c").isEmpty)
            #expect(try await project.migrator.up().isEmpty)
        }
    }

    @Test func up_namesFileAndLineOfAFailure() async throws {
        try await withThree { project in
            try project.write(
                "0002_create_b.up.sql",
                "CREATE TABLE b (id int);\n\n-- é漢\nINSERT INTO b\nVALUES ('x' :: nonsense);\n"
            )

            let failure = await error { try await project.migrator.up() }

            #expect(
                failure == .failed(file: "0002_create_b.up.sql", line: 5, message: "type \"nonsense\" does not exist")
            )
            #expect(failure?.description == "0002_create_b.up.sql:5: type \"nonsense\" does not exist")
            // The failed file left nothing, the one before is there.
            let tables = try await project.tables()
            #expect(tables == ["a"])
            let status = try await project.migrator.status()
            #expect(status.map(\.state) == [.applied, .pending, .pending])
        }
    }

    @Test func up_refusesTransactionsInFiles() async throws {
        try await withProject { project in
            try project.writePair("0001_create_a", up: "CREATE TABLE a (id int); COMMIT;", down: "DROP TABLE a")

            #expect(await error { try await project.migrator.up() } == .hasTransaction("0001_create_a.up.sql"))
        }
    }

    @Test func up_refusesFaultyDirectories() async throws {
        try await withThree { project in
            try project.write("0004_create_d.up.sql", "SELECT 1")
            #expect(await error { try await project.migrator.up() } == .missingPair("0004_create_d.down.sql"))

            try FileManager.default.removeItem(atPath: project.directory + "/0004_create_d.up.sql")
            try project.writePair("0005_create_e", up: "SELECT 1", down: "SELECT 1")
            #expect(await error { try await project.migrator.up() } == .gap(missing: 4))

            try project.write("0003_other.up.sql", "SELECT 1")
            #expect(await error { try await project.migrator.up() } == .duplicateNumber(3, "create_c", "other"))

            try project.write("0001-create.up.sql", "SELECT 1")
            #expect(await error { try await project.migrator.up() } == .badFileName("0001-create.up.sql"))
            #expect(try await project.tables().isEmpty)
        }
    }

    @Test func up_refusesADatabaseOfANewerProgram() async throws {
        try await withThree { project in
            try await project.migrator.up()
            for direction in ["up", "down"] {
                try FileManager.default.removeItem(atPath: project.directory + "/0003_create_c.\(direction).sql")
            }

            #expect(await error { try await project.migrator.up() } == .unknownApplied(3, "create_c"))
            #expect(await error { try await project.migrator.down() } == .unknownApplied(3, "create_c"))
            #expect(try await project.migrator.status().last?.state == .unknown)
        }
    }

    @Test func up_runsOnceForManyMigrators() async throws {
        try await withThree { project in
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await project.migrator.up().count } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(applied.sorted() == [0, 0, 0, 3])
        }
    }

    @Test func upAndDown_workForTheProductsOwnFiles() async throws {
        try await TestDatabase.withLease(content: .migrated) { test in
            let project = Project(directory: try TestProject.root() + "/migrations", database: test.database)
            let status = try await project.migrator.status()
            #expect(status.allSatisfy { $0.state == .applied })
            guard !status.isEmpty else { return }

            try await project.migrator.down(steps: status.count)
            let tables = try await project.tables()
            #expect(tables.isEmpty)
            #expect(try await project.migrator.up().count == status.count)
        }
    }
}
