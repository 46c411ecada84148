import EventLoop
import Foundation
import Logging
import Postgres
import Synchronization

/// The server that test databases are made on, one object a process.
///
/// A lease is `CREATE DATABASE … TEMPLATE` from a template that has all migrations and is made once for all processes:
/// its name has a hash of the migration files, it gets that name when it is complete, and an advisory lock keeps
/// others from making it at the same time.
final class TestDatabaseServer: Sendable {
    /// Leases at a time in this process: a test may use several connections, and the server has a bound on them.
    static let leasesMax = 24

    /// How old a left-over of a crashed run has to be before it is dropped.
    static let staleSeconds = 3600

    /// The server, or why there is none.
    static let shared = Result { try TestDatabaseServer() }

    /// The loops of all pools.
    let group: EventLoopGroup

    private let serverURL: String
    private let ownership = Mutex<Ownership?>(nil)
    private let admin: PostgresDatabase
    private let counter = Mutex(0)
    private let template: TestDatabaseTemplate
    private let slots = Slots(count: leasesMax)

    private init() throws {
        guard let url = ProcessInfo.processInfo.environment["PORTAL_TEST_DATABASE_URL"], !url.isEmpty else {
            throw TestDatabaseError.noServer
        }
        serverURL = url
        group = try EventLoopGroup(loops: 2)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = PostgresConfiguration(url: url, poolSize: 4, applicationName: "portal-test-admin")
        configuration.waitTimeout = .seconds(120)
        configuration.statementTimeout = .seconds(60)
        admin = try PostgresDatabase(configuration: configuration, group: group, logger: logger)
        template = TestDatabaseTemplate(admin: admin, group: group, logger: logger)
    }

    /// Who owns the databases: an ordinary role, because row-level security does not bind others.
    private enum Ownership: Sendable {
        /// The role of the server's URL.
        case given(String)
        /// One of the tests' own, beside a superuser.
        case made

        var role: String {
            switch self {
            case .given(let name): name
            case .made: "portal_test"
            }
        }
    }

    /// Finds out who is to own the databases.
    private func findOwner() async throws -> Ownership {
        if let known = ownership.withLock({ $0 }) { return known }
        guard let row = try await admin.query(TestDatabaseQueries.role).first else { throw TestDatabaseError.noServer }
        let isExempt: Bool = try row.decode("is_exempt")
        let owner = isExempt ? Ownership.made : .given(try row.decode("name"))
        ownership.withLock { $0 = owner }
        return owner
    }

    /// Makes the owner if there is none; nobody else does at the same time.
    func prepareOwner(_ connection: PostgresConnection) async throws -> String {
        let owner = try await findOwner()
        if case .made = owner, try await connection.first(TestDatabaseQueries.findRole(owner.role)) == nil {
            try await connection.execute(TestDatabaseQueries.createOwner)
        }
        return owner.role
    }

    /// The URL of another database of the server, for its owner.
    func url(ofDatabase name: String) -> String {
        guard case .made = ownership.withLock({ $0 }) else {
            return TestDatabaseServer.url(serverURL, database: name)
        }
        return TestDatabaseServer.url(serverURL, database: name, role: Ownership.made.role)
    }

    /// Puts another database, and a role whose password is its name, into a URL or behind a `key=value` string, where
    /// the last word wins.
    static func url(_ url: String, database: String, role: String? = nil) -> String {
        guard var parts = URLComponents(string: url), parts.scheme != nil else {
            return "\(url) dbname=\(database)" + (role.map { " user=\($0) password=\($0)" } ?? "")
        }
        parts.path = "/" + database
        if let role {
            parts.user = role
            parts.password = role
        }
        return parts.string ?? url
    }

    /// The same database with everything in sight where nobody asks in whose name, for looking behind the curtain.
    static func seeingAll(_ url: String) -> String {
        guard let parts = URLComponents(string: url), parts.scheme != nil else {
            return "\(url) options='-c portal.scope=*'"
        }
        return url + (parts.query == nil ? "?" : "&") + "options=-c%20portal.scope%3D*"
    }

    /// Makes a database.
    ///
    /// - Returns: Its name, to be given back.
    func lease(_ content: TestDatabase.Content) async throws -> String {
        await slots.take()
        do {
            // Made first, whatever is asked for: with it comes the role that owns the databases.
            let migrated = try await template.ready(self)
            let source = content == .migrated ? migrated : "template1"
            let number = counter.withLock { count in
                count += 1
                return count
            }
            let process = ProcessInfo.processInfo.processIdentifier
            let random = UInt32.random(in: 0 ... .max)
            // The time in the name tells later runs how old it is.
            let name = "portal_test_\(Int(Date().timeIntervalSince1970))_\(process)_\(number)_\(random)"
            try await create(name, from: source)
            return name
        } catch {
            await slots.giveBack()
            throw error
        }
    }

    /// Closes the pool on a database and drops it.
    func giveBack(_ name: String, _ database: PostgresDatabase) async {
        // A cancelled test has to clean up as well; this task is waited for.
        await Task { [admin] in
            await database.close()
            // One that cannot be dropped now is dropped as stale by a later run.
            _ = try? await admin.execute(TestDatabaseQueries.drop(name))
        }.value
        await slots.giveBack()
    }

    private func create(_ name: String, from source: String) async throws {
        let owner = try await findOwner().role
        var attempt = 1
        while true {
            do {
                try await admin.execute(TestDatabaseQueries.create(name, from: source, owner: owner))
                return
            } catch let error as PostgresError where error.sqlState == .objectInUse && attempt < 50 {
                // Somebody is connected to the template for a moment, as a server's own maintenance may be.
                attempt += 1
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}

/// A bound on the leases of a process.
private actor Slots {
    private var free: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiters.append($0) }
        }
    }

    func giveBack() {
        if waiters.isEmpty {
            free += 1
        } else {
            waiters.removeFirst().resume()
        }
    }
}
