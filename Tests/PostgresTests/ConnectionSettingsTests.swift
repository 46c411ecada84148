import Foundation
import Logging
import PortalTesting
import Testing

@testable import Postgres

struct ConnectionSettingsTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func settings(_ url: String) throws -> ConnectionSettings {
        try ConnectionSettings(PostgresConfiguration(url: url), logger: logger)
    }

    /// The URL with other hosts before its own, looking for one that takes writes.
    private func url(_ url: String, before hosts: [String]) throws -> String {
        let parts = try #require(URLComponents(string: url))
        let user = try #require(parts.percentEncodedUser)
        let password = parts.percentEncodedPassword.map { ":" + $0 } ?? ""
        let all = (hosts + ["\(parts.host ?? ""):\(parts.port ?? 5432)"]).joined(separator: ",")
        let query = parts.percentEncodedQuery.map { "&" + $0 } ?? ""
        return
            "postgresql://\(user)\(password)@\(all)\(parts.percentEncodedPath)?target_session_attrs=read-write\(query)"
    }

    @Test func parse_takesHostsApart() throws {
        let two = try settings("postgresql://me@a:1,b:2/db?target_session_attrs=read-write")
        #expect(two.hosts.map(\.name) == ["a", "b"])
        #expect(two.hosts.map(\.port) == ["1", "2"])
        #expect(two.sessionAttributes == ["read-write"])
        #expect(two.keywords["dbname"] == "db")

        let onePort = try settings("host=a,b port=7 dbname=x target_session_attrs=prefer-standby")
        #expect(onePort.hosts.map(\.port) == ["7", "7"])
        #expect(onePort.sessionAttributes == ["standby", "any"])

        let none = try settings("dbname=x options='-c lock_timeout=7'")
        #expect(none.hosts == [ConnectionSettings.Host()])
        #expect(none.keywords["options"]?.hasPrefix("-c lock_timeout=7 -c statement_timeout=30000") == true)
    }

    @Test(arguments: ["postgresql://a:1,b/db?port=1,2,3", "nonsense", "postgresql://[::1/db", "unknown=1"])
    func parse_refuses(url: String) {
        let error = #expect(throws: PostgresError.self) { try settings(url) }
        #expect(error?.kind == .configuration)
    }

    @Test func open_triesTheNextHost() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let proxy = try Proxy(to: test.url)
            proxy.stop()
            // A port that nobody listens on, a server that is down, and the real one.
            let url = try url(test.url, before: ["127.0.0.1:1", "127.0.0.1:\(proxy.port)"])
            let database = try PostgresDatabase(
                configuration: PostgresConfiguration(url: url, poolSize: 1),
                group: test.group,
                logger: logger
            )

            #expect(try await database.query("SELECT 1").count == 1)
            await database.close()
        }
    }

    @Test func open_givesUpOnASilentHost() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let silent = try SilentServer()
            let url = try url(test.url, before: ["127.0.0.1:\(silent.port)"])
            let database = try PostgresDatabase(
                configuration: PostgresConfiguration(url: url, poolSize: 1, connectTimeout: .milliseconds(100)),
                group: test.group,
                logger: logger
            )

            #expect(try await database.query("SELECT 1").count == 1)
            await database.close()
        }
    }

    @Test func open_resolvesNames() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            var parts = try #require(URLComponents(string: test.url))
            guard parts.host == "127.0.0.1" else { return }
            parts.host = "localhost"
            let database = try PostgresDatabase(
                configuration: PostgresConfiguration(url: parts.string ?? "", poolSize: 1),
                group: test.group,
                logger: logger
            )

            #expect(try await database.query("SELECT 1").count == 1)
            await database.close()
        }
    }

    @Test func open_doesNotRetryWhatCannotSucceed() async throws {
        try await TestDatabase.withLease(content: .empty) { (test) async throws in
            var parts = try #require(URLComponents(string: test.url))
            parts.path += "_absent"
            let database = try PostgresDatabase(
                configuration: PostgresConfiguration(url: parts.string ?? "", poolSize: 1, waitTimeout: .seconds(60)),
                group: test.group,
                logger: logger
            )
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }

            #expect(error?.kind == .configuration)
            #expect(error?.message.contains("does not exist") == true)
            await database.close()
        }
    }

    @Test func open_doesNotRetryWhatCannotBeMeant() async throws {
        try await TestDatabase.withLease(content: .empty) { (test) async throws in
            let database = try PostgresDatabase(
                configuration: PostgresConfiguration(url: "host=127.0.0.1 sslmode=maybe", waitTimeout: .seconds(60)),
                group: test.group,
                logger: logger
            )
            let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 1") }

            #expect(error?.kind == .configuration)
            await database.close()
        }
    }

    @Test func resolve_leavesOutUnknownNames() async throws {
        let hosts = [
            ConnectionSettings.Host(name: "no-such-host.invalid"), ConnectionSettings.Host(name: "/run/socket"),
        ]
        #expect(try await HostResolver.resolve(hosts, max: 16) == [hosts[1]])
        await #expect(throws: PostgresError.self) { try await HostResolver.resolve([hosts[0]], max: 16) }
    }
}
