import EventLoop
import Foundation
import Logging
import Portal
import Postgres

/// Makes the migrated template once a process, or finds the one of another process.
actor TestDatabaseTemplate {
    private let admin: PostgresDatabase
    private let group: EventLoopGroup
    private let logger: Logger
    private var preparation: Task<String, any Error>?

    init(admin: PostgresDatabase, group: EventLoopGroup, logger: Logger) {
        self.admin = admin
        self.group = group
        self.logger = logger
    }

    /// The name of the template, which is complete.
    func ready(_ server: TestDatabaseServer) async throws -> String {
        if let preparation { return try await preparation.value }
        // Shared by all callers of the process, so that it is nobody's child.
        let task = Task { try await prepare(server) }
        preparation = task
        return try await task.value
    }

    private func prepare(_ server: TestDatabaseServer) async throws -> String {
        let directory = try TestProject.root() + "/migrations"
        let name = "portal_template_walled_" + Self.fingerprint(of: directory)
        let (group, logger) = (group, logger)
        try await admin.session { connection in
            // The end of the session gives the lock back.
            while try await connection.first(TestDatabaseQueries.tryLock)?.decode("locked") != true {
                try await Task.sleep(for: .milliseconds(20))
            }
            let owner = try await server.prepareOwner(connection)
            try await Self.dropStale(connection, keeping: name)
            if try await connection.first(TestDatabaseQueries.find(name)) == nil {
                let building = "portal_building_\(Int(Date().timeIntervalSince1970))_\(UInt32.random(in: 0 ... .max))"
                let create = TestDatabaseQueries.create(building, from: "template1", owner: owner)
                try await connection.execute(create)
                try await Self.migrate(server.url(ofDatabase: building), directory, group, logger)
                try await Self.rename(building, to: name, connection)
            }
            try await connection.execute(TestDatabaseQueries.noteUse(name, at: Int(Date().timeIntervalSince1970)))
        }
        return name
    }

    private static func migrate(
        _ url: String,
        _ directory: String,
        _ group: EventLoopGroup,
        _ logger: Logger
    ) async throws {
        // A project that has no migrations yet has an empty template.
        guard FileManager.default.fileExists(atPath: directory) else { return }
        let configuration = PostgresConfiguration(url: url, poolSize: 1, waitTimeout: .seconds(30))
        let database = try PostgresDatabase(configuration: configuration, group: group, logger: logger)
        do {
            try await Migrator(
                directory: directory,
                database: database,
                setting: PortalDatabase.migrationSetting,
                logger: logger
            ).up()
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Backends end a moment after their connection was closed; a database in use cannot be renamed.
    private static func rename(_ old: String, to new: String, _ connection: PostgresConnection) async throws {
        for _ in 0..<100 {
            do {
                try await connection.execute(TestDatabaseQueries.rename(old, to: new))
                return
            } catch let error as PostgresError where error.sqlState == .objectInUse {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await connection.execute(TestDatabaseQueries.rename(old, to: new))
    }

    /// Drops what crashed runs have left, and templates that nobody has used for a day.
    private static func dropStale(_ connection: PostgresConnection, keeping template: String) async throws {
        let now = Int(Date().timeIntervalSince1970)
        for row in try await connection.query(TestDatabaseQueries.all) {
            let name: String = try row.decode("name")
            let note: String? = try row.decode("note")
            guard name != template else { continue }
            let isTemplate = name.hasPrefix("portal_template_")
            let time =
                isTemplate
                ? note.flatMap { Int($0.dropFirst("application_name=".count)) } : Int(name.split(separator: "_")[2])
            let age = now - (time ?? now)
            guard age > (isTemplate ? 86_400 : TestDatabaseServer.staleSeconds) else { continue }
            // Another process may be dropping it, or using it after all.
            _ = try? await connection.execute(TestDatabaseQueries.drop(name))
        }
    }

    /// A hash of names and contents of all migration files (FNV-1a, 64 bits: it need not withstand anybody).
    private static func fingerprint(of directory: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names.sorted() where name.hasSuffix(".sql") {
            add(name.utf8)
            add(FileManager.default.contents(atPath: directory + "/" + name) ?? Data())
        }
        return String(hash, radix: 16)
    }
}

/// The statements of the test databases.
enum TestDatabaseQueries {
    /// A database of the server.
    ///
    /// Names are made here, of letters, digits and underscores.
    private struct DatabaseName: SQLIdentifier {
        let identifier: String
    }

    /// Copies a database, for an owner.
    static func create(_ name: String, from template: String, owner: String) -> SQL {
        """
        CREATE DATABASE \(identifier: DatabaseName(identifier: name))
        TEMPLATE \(identifier: DatabaseName(identifier: template))
        OWNER \(identifier: DatabaseName(identifier: owner))
        """
    }

    /// One row: the role of the URL, and whether row-level security does not bind it.
    static var role: SQL {
        """
        SELECT rolname::text AS name, rolsuper OR rolbypassrls AS is_exempt
        FROM pg_roles
        WHERE rolname = current_user
        """
    }

    /// No row, or one.
    static func findRole(_ name: String) -> SQL {
        "SELECT rolname::text AS name FROM pg_roles WHERE rolname = \(name)::text"
    }

    /// An ordinary role that can sign in.
    static var createOwner: SQL {
        "CREATE ROLE portal_test LOGIN PASSWORD 'portal_test'"
    }

    /// Drops a database and ends what is connected to it.
    static func drop(_ name: String) -> SQL {
        "DROP DATABASE IF EXISTS \(identifier: DatabaseName(identifier: name)) WITH (FORCE)"
    }

    /// Renames a database that nobody is connected to.
    static func rename(_ old: String, to new: String) -> SQL {
        """
        ALTER DATABASE \(identifier: DatabaseName(identifier: old))
        RENAME TO \(identifier: DatabaseName(identifier: new))
        """
    }

    /// Notes when a template was used, in a setting that every connection replaces and an ordinary owner may set (one of
    /// our own takes a superuser): utility statements take no parameters, but SET takes a quoted identifier for a value.
    static func noteUse(_ name: String, at seconds: Int) -> SQL {
        """
        ALTER DATABASE \(identifier: DatabaseName(identifier: name))
        SET application_name TO \(identifier: DatabaseName(identifier: String(seconds)))
        """
    }

    /// No row, or one.
    static func find(_ name: String) -> SQL {
        "SELECT datname::text AS name FROM pg_database WHERE datname = \(name)::text"
    }

    /// All databases of the tests.
    static var all: SQL {
        """
        SELECT datname::text AS name, setconfig[1] AS note
        FROM pg_database
        LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid AND setrole = 0
        WHERE datname LIKE 'portal\\_test\\_%' OR datname LIKE 'portal\\_building\\_%'
            OR datname LIKE 'portal\\_template\\_%'
        ORDER BY datname
        LIMIT 10000
        """
    }

    /// One row: whether the lock of the template's makers was free and is held now.
    static var tryLock: SQL {
        "SELECT pg_try_advisory_lock(7241856320020::bigint) AS locked"
    }
}
