import Foundation
import JSON
import Logging
import Portal
import PortalTesting
import Postgres

/// What the servers of one test share: a database with the test organization and one simulated host.
struct Site {
    let database: PostgresDatabase
    let databaseURL: String
    let organization: TestOrganization
    let template: Template
    /// A token of the member of Payments.
    let memberToken: String
    /// A token of the administrator.
    let adminToken: String

    /// The key of all servers of a test, as `PORTAL_ENCRYPTION_KEYS`.
    static let encryptionKeys = "test:" + Data(repeating: 7, count: 32).base64EncodedString()

    /// Leases a database and fills it.
    ///
    /// Accounts get cheap password hashes, so that many sites and sign-ins do not take minutes of scrypt.
    ///
    /// - Parameters:
    ///   - latencyMilliseconds: How long a call of the host takes on average.
    ///   - body: Uses the site.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` throws, and what the preparation throws.
    static func with<R>(latencyMilliseconds: Int, _ body: (Site) async throws -> R) async throws -> R {
        try await TestDatabase.withLease { lease in
            let services = PortalServices(
                database: lease.database,
                time: SystemTimeSource(),
                secretBox: SecretBox(ring: try KeyRing(parsing: encryptionKeys)),
                drivers: ScriptedHosts(),
                limits: .testing,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let organization = try await TestOrganization.make(in: lease.database, time: SystemTimeSource())
            let system = Caller.system("test")
            let settings: JSONValue = [
                "latencyMilliseconds": JSONValue(latencyMilliseconds),
                "capacity": ["cpu": "4000", "memory": "16Ti", "storage": "1Pi", "gpus": 0, "pods": 100_000],
            ]
            _ = try await services.hosts.create(
                NewHost(name: "lab", driver: .simulated, settings: settings),
                as: system
            )
            let template = try await services.templates.create(
                NewTemplate(name: "Small", description: "For a quick try.", environment: "dev", spec: ["replicas": 1]),
                as: system
            )
            func token(_ persona: TestPersona) async throws -> String {
                try await services.identity.createToken(
                    name: "test",
                    lifetime: .seconds(3600),
                    as: organization.caller(persona)
                ).secret
            }
            return try await body(
                Site(
                    database: lease.database,
                    databaseURL: lease.url,
                    organization: organization,
                    template: template,
                    memberToken: try await token(.member),
                    adminToken: try await token(.admin)
                )
            )
        }
    }

    /// Starts a server on the site and ends it with `body`, come what may.
    @discardableResult
    func withServer<R>(
        _ changes: [String: String] = [:],
        _ body: (PortalProcess) async throws -> R
    ) async throws -> R {
        let server = try await start(changes)
        defer { server.process.kill() }
        return try await body(server)
    }

    /// Starts a server on the site, which the caller has to end.
    func start(_ changes: [String: String] = [:]) async throws -> PortalProcess {
        try await PortalProcess.start(database: databaseURL, changes)
    }

    /// The member of Payments as a client of a server.
    func member(of server: PortalProcess) -> APIClient { APIClient(url: server.url, token: memberToken) }

    /// The first row of a question.
    func row(_ sql: SQL) async throws -> PostgresRow {
        guard let row = try await database.query(sql).first else {
            throw APIClient.Failure(description: "no row: \(sql)")
        }
        return row
    }

    /// Asks again and again until there is an answer.
    ///
    /// - Throws: A failure that names what was waited for, after a minute.
    @discardableResult
    func poll<R>(_ what: String, _ look: () async throws -> R?) async throws -> R {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let found = try await look() { return found }
            try await Task.sleep(for: .milliseconds(10))  // polls other processes, which tell only their database
        }
        throw APIClient.Failure(description: "waited in vain for \(what)")
    }
}
