public import EventLoop
import Foundation
public import Logging
public import Postgres

/// A database of its own for one test, with all migrations applied, dropped when the test ends.
public struct TestDatabase: Sendable {
    /// Where the database is, for processes that connect by themselves.
    public let url: String

    /// A pool on the database; what it is asked itself, and not in somebody's name, sees everything.
    public let database: PostgresDatabase

    /// The loops of all test databases of this process.
    public let group: EventLoopGroup

    /// What a leased database has in it at the start.
    public enum Content: Sendable, Hashable {
        /// All files of `migrations/`.
        case migrated
        /// Nothing.
        case empty
    }

    /// Leases a database for the time of `body`.
    ///
    /// The server is the one of `PORTAL_TEST_DATABASE_URL`, whose user must be allowed to create databases. Leases of
    /// parallel tests and processes do not see each other. At most `TestDatabaseServer.leasesMax` exist at a time in a
    /// process; further callers wait.
    ///
    /// - Parameters:
    ///   - content: What is in it.
    ///   - configure: Changes the configuration of the pool, which has 4 connections.
    ///   - logger: Of the pool; silent unless given.
    ///   - body: Uses the database, which is dropped even if it throws or is cancelled.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` throws; `TestDatabaseError`; `PostgresError` and `MigrationError` of the preparation.
    @discardableResult
    public static func withLease<R>(
        content: Content = .migrated,
        configure: (inout PostgresConfiguration) -> Void = { _ in },
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        _ body: (TestDatabase) async throws -> R
    ) async throws -> R {
        let server = try TestDatabaseServer.shared.get()
        let name = try await server.lease(content)
        let url = server.url(ofDatabase: name)
        let ownURL = TestDatabaseServer.seeingAll(url)
        var configuration = PostgresConfiguration(url: ownURL, poolSize: 4, applicationName: "portal-test")
        // A busy machine must not make a test fail.
        configuration.waitTimeout = .seconds(30)
        configure(&configuration)
        let database = try PostgresDatabase(configuration: configuration, group: server.group, logger: logger)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(TestDatabase(url: url, database: database, group: server.group)))
        } catch {
            result = .failure(error)
        }
        await server.giveBack(name, database)
        return try result.get()
    }
}

/// Leases a migrated database for the time of `body`; see `TestDatabase.withLease`.
///
/// - Returns: What `body` returned.
/// - Throws: What `body` throws; `TestDatabaseError`; `PostgresError` and `MigrationError` of the preparation.
@discardableResult
public func withDatabase<R>(_ body: (PostgresDatabase) async throws -> R) async throws -> R {
    try await TestDatabase.withLease { try await body($0.database) }
}

/// Why there is no database to test with.
public enum TestDatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `PORTAL_TEST_DATABASE_URL` is not set.
    case noServer
    /// Neither `PORTAL_ROOT` nor a directory above the current one has the project in it.
    case noProject(currentDirectory: String)

    /// A sentence with what to do.
    public var description: String {
        switch self {
        case .noServer: "PORTAL_TEST_DATABASE_URL is not set; run `make test`, which starts a server for the tests."
        case .noProject(let directory):
            "No Package.swift in \(directory) or above it; set PORTAL_ROOT to the directory of the project."
        }
    }
}

/// Where the project is.
public enum TestProject {
    /// The directory of `Package.swift`: `PORTAL_ROOT`, or found upwards from the current directory.
    ///
    /// - Returns: An absolute path.
    /// - Throws: `TestDatabaseError` `.noProject`.
    public static func root() throws(TestDatabaseError) -> String {
        if let root = ProcessInfo.processInfo.environment["PORTAL_ROOT"], !root.isEmpty { return root }
        let current = FileManager.default.currentDirectoryPath
        var directory = URL(fileURLWithPath: current)
        while !FileManager.default.fileExists(atPath: directory.appendingPathComponent("Package.swift").path) {
            guard directory.path != "/" else { throw .noProject(currentDirectory: current) }
            directory.deleteLastPathComponent()
        }
        return directory.path
    }
}
