import HTTPCore
import HTTPServer
import JSON
public import Logging
public import Portal
public import PortalWeb
public import Postgres

/// A whole portal over a database of its own, for one test.
public struct TestPortal: Sendable {
    /// The domain.
    public let services: PortalServices
    /// The web side.
    public let application: PortalApplication
    /// The database, for looking behind the curtain.
    public let database: PostgresDatabase
    /// Where the database is, for a second server.
    public let databaseURL: String
    /// Who is in it.
    public let organization: TestOrganization
    /// A simulated host without delays.
    public let host: Host
    /// A template with a small spec.
    public let template: Template
    /// What the host does; unused when the options name other drivers.
    public let hosts: ScriptedHosts
    /// How requests reach it.
    let connection: TestConnection

    /// A client; with a persona it signs its requests with an API token.
    public func client(as persona: TestPersona? = nil) async throws -> TestClient {
        guard let persona else { return connection.client(headers: [:]) }
        // Who has no role may have no token either, so the session stands in as bearer.
        guard persona != .nobody else {
            return connection.client(headers: ["Authorization": "Bearer \(try await signIn(persona).token)"])
        }
        let token = try await services.identity.createToken(
            name: "test",
            lifetime: .seconds(3600),
            as: organization.caller(persona)
        )
        return connection.client(headers: ["Authorization": "Bearer \(token.secret)"])
    }

    /// A client that signed in as a browser does: with the session cookie and the CSRF header.
    public func browser(as persona: TestPersona) async throws -> TestClient {
        let token = try await signIn(persona).token
        return connection.client(headers: [
            "Cookie": "\(SessionCookie.name)=\(token)",
            "X-CSRF-Token": services.identity.csrfToken(forSession: token),
        ])
    }

    private func signIn(_ persona: TestPersona) async throws -> SignIn {
        try await services.identity.signIn(
            email: persona.email,
            password: TestOrganization.password,
            clientAddress: "192.0.2.1"
        )
    }
}

/// How a test wants its portal.
public struct TestPortalOptions: Sendable {
    /// How requests reach the portal.
    public enum Transport: Sendable {
        /// By calling its handler.
        case memory
        /// By a server on a port of its own.
        case live
    }

    /// How requests reach the portal.
    public var transport = Transport.memory
    /// Whether operations are executed and changes told; otherwise they stay pending.
    public var runsWorkers = false
    /// The bounds of the web layer.
    public var limits = WebLimits()
    /// The bounds of the domain.
    public var portalLimits = PortalLimits.testing
    /// Where the time comes from.
    public var time: any TimeSource = SystemTimeSource()
    /// Makes the drivers; nil takes hosts that the test scripts.
    public var drivers: (any HostDriverFactory)?
    /// Who else says who a user is.
    public var providers: [any IdentityProvider] = []
    /// What people reach the portal at.
    public var publicURL: String?
    /// Which requests get a line in the access log.
    public var accessLog = AccessLogPolicy()
    /// Where the log goes.
    public var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// A portal in memory without workers.
    public init() {}

    /// A portal in memory with workers.
    public static var working: TestPortalOptions {
        var options = TestPortalOptions()
        options.runsWorkers = true
        return options
    }

    /// A portal on a socket with workers.
    public static var live: TestPortalOptions {
        var options = working
        options.transport = .live
        return options
    }
}

/// Leases a portal for the time of `body`.
///
/// - Parameters:
///   - options: How the test wants it.
///   - body: Uses the portal. Its workers and its server are stopped before this returns.
/// - Throws: What `body` throws, and what building the portal throws.
public func withPortal(
    _ options: TestPortalOptions = TestPortalOptions(),
    _ body: @escaping @Sendable (TestPortal) async throws -> Void
) async throws {
    try await TestDatabase.withLease(configure: { $0.poolSize = options.runsWorkers ? 10 : 4 }) { lease in
        let logger = options.logger
        let hosts = ScriptedHosts()
        let services = PortalServices(
            database: lease.database,
            time: options.time,
            secretBox: SecretBox(ring: try KeyRing(parsing: KeyRing.newEntry(id: "test"))),
            drivers: options.drivers ?? hosts,
            limits: options.portalLimits,
            passwordPolicy: try .bundled,
            providers: options.providers,
            logger: logger
        )
        let application = try PortalApplication(
            services: services,
            configuration: WebConfiguration(
                root: try TestProject.root(),
                publicURL: options.publicURL,
                limits: options.limits,
                accessLog: options.accessLog
            ),
            logger: logger
        )
        let system = Caller.system("test")
        let organization = try await TestOrganization.make(
            in: lease.database,
            time: options.time,
            limits: options.portalLimits
        )
        let host = try await services.hosts.create(
            NewHost(name: "lab", driver: .simulated, settings: ["latencyMilliseconds": 0]),
            as: system
        )
        let template = try await services.templates.create(
            NewTemplate(name: "small", description: "For a quick try.", environment: "dev", spec: ["replicas": 1]),
            as: system
        )
        try await TestConnection.open(application, options.transport, group: lease.group, logger) { connection in
            let portal = TestPortal(
                services: services,
                application: application,
                database: lease.database,
                databaseURL: lease.url,
                organization: organization,
                host: host,
                template: template,
                hosts: hosts,
                connection: connection
            )
            guard options.runsWorkers else { return try await body(portal) }
            try await services.running { try await body(portal) }
        }
    }
}

extension PortalServices {
    /// Runs the feed of changes and a worker while `body` runs.
    fileprivate func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await changes.run() }
            group.addTask { try await worker.run() }
            group.addTask { try await body() }
            // Only the body ends by itself; a service that ends earlier failed, and its error is thrown here.
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }
}
