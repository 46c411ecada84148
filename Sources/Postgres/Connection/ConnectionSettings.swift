import CLibPQ
import Logging

/// A configuration whose URL has been read: everything that is needed to open connections.
struct ConnectionSettings: Sendable {
    /// One place where a server may be.
    struct Host: Sendable, Hashable {
        /// A name, an address, or a directory of unix sockets; `nil` leaves it to libpq.
        var name: String?
        /// The address of `name`, given or resolved.
        var address: String?
        /// `nil` leaves it to libpq.
        var port: String?
    }

    /// The hosts in the order in which they are tried.
    let hosts: [Host]

    /// libpq's keywords besides `host`, `hostaddr`, `port` and `target_session_attrs`.
    let keywords: [String: String]

    /// The wanted kinds of server, tried in order over all hosts.
    let sessionAttributes: [String]

    /// The configuration itself.
    let configuration: PostgresConfiguration

    /// Takes notices and connection events.
    let logger: Logger

    /// Reads the URL.
    ///
    /// - Throws: `PostgresError` `.configuration` with libpq's message, which does not have the password in it.
    init(_ configuration: PostgresConfiguration, logger: Logger) throws(PostgresError) {
        var keywords = try Self.parse(configuration.url)
        hosts = try Self.hosts(&keywords)
        // libpq tries standbys first and then any by itself, but it is given one host at a time here.
        switch keywords.removeValue(forKey: "target_session_attrs") {
        case "prefer-standby"?: sessionAttributes = ["standby", "any"]
        case let other: sessionAttributes = [other ?? "any"]
        }
        let limits = configuration.limits
        keywords["options"] = [
            keywords["options"],
            "-c statement_timeout=\(configuration.statementTimeout.milliseconds)",
            "-c idle_in_transaction_session_timeout=\(limits.idleInTransactionMax.milliseconds)",
            // What the decoders rely on.
            "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 -c bytea_output=hex -c extra_float_digits=1",
        ].compactMap(\.self).joined(separator: " ")
        keywords["client_encoding"] = "UTF8"
        keywords["application_name"] = keywords["application_name"] ?? configuration.applicationName
        // Looking for Kerberos tickets costs a failed round trip a connection; the URL can ask for it.
        keywords["gssencmode"] = keywords["gssencmode"] ?? "disable"
        // A host that went away without a word is noticed in about a minute, in the middle of an answer as well.
        keywords["keepalives_idle"] = keywords["keepalives_idle"] ?? "30"
        keywords["keepalives_interval"] = keywords["keepalives_interval"] ?? "10"
        keywords["keepalives_count"] = keywords["keepalives_count"] ?? "3"
        self.keywords = keywords
        self.configuration = configuration
        self.logger = logger
    }

    /// All keywords for one host.
    func keywords(for host: Host, sessionAttributes: String) -> [String: String] {
        var all = keywords
        all["host"] = host.name
        all["hostaddr"] = host.address
        all["port"] = host.port
        all["target_session_attrs"] = sessionAttributes
        return all
    }

    /// Source: PostgreSQL documentation, "PQconninfoParse".
    private static func parse(_ url: String) throws(PostgresError) -> [String: String] {
        var problem: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &problem) else {
            let message = problem.map { String(cString: $0).trimmedOfNewlines } ?? "it cannot be read"
            PQfreemem(problem)
            throw PostgresError(.configuration, "the database URL is wrong: \(message)")
        }
        defer { PQconninfoFree(options) }
        var keywords: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { keywords[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return keywords
    }

    /// Takes the lists of hosts and ports apart as libpq does: one port serves all hosts.
    private static func hosts(_ keywords: inout [String: String]) throws(PostgresError) -> [Host] {
        func list(_ keyword: String) -> [String?] {
            guard let text = keywords.removeValue(forKey: keyword) else { return [] }
            return text.split(separator: ",", omittingEmptySubsequences: false).map { $0.isEmpty ? nil : String($0) }
        }
        let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
        let count = max(names.count, addresses.count, 1)
        guard ports.count <= 1 || ports.count == count else {
            throw PostgresError(.configuration, "the database URL has \(ports.count) ports for \(count) hosts")
        }
        guard names.isEmpty || addresses.isEmpty || names.count == addresses.count else {
            throw PostgresError(.configuration, "the database URL has as many hosts as hostaddrs, or none of one kind")
        }
        return (0..<count).map { index in
            Host(
                name: names.isEmpty ? nil : names[index],
                address: addresses.isEmpty ? nil : addresses[index],
                port: ports.isEmpty ? nil : ports[ports.count == 1 ? 0 : index]
            )
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
