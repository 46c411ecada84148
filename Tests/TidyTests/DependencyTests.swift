import Testing

/// The arrows of docs/architecture.md: a target imports only what stands above it, and adapters do not know each other.
struct DependencyTests {
    let tree = SourceTree()

    /// What a target may import of the project's own; dependencies from outside are the manifest's business.
    static let allowed: [String: Set<String>] = [
        "JSON": [],
        "EventLoop": ["CEpoll"],
        "HTTPCore": [],
        "HTTPServer": ["CEpoll", "COpenSSL", "CZlib", "EventLoop", "HTTPCore"],
        "Observability": ["HTTPCore", "JSON"],
        "Postgres": ["CLibPQ", "EventLoop", "JSON"],
        "Kubernetes": ["JSON"],
        "Portal": ["JSON", "Postgres"],
        "PortalHosts": ["JSON", "Kubernetes", "Portal"],
        "PortalOIDC": ["JSON", "Portal"],
        "PortalWeb": ["EventLoop", "HTTPCore", "HTTPServer", "JSON", "Observability", "Portal"],
    ]

    /// Targets that only wire others together or serve tests.
    static let compositionRoots: Set<String> = ["vcluster-portal", "PortalTesting"]

    @Test func targets_importOnlyWhatStandsAboveThem() throws {
        let own = Set(Self.allowed.keys).union(["CEpoll", "CLibPQ", "COpenSSL", "CZlib"]).union(Self.compositionRoots)
        for file in try tree.sources() where !Self.compositionRoots.contains(file.target) {
            let allowed = try #require(Self.allowed[file.target], "\(file.path): unknown target, add it to the table")
            for line in file.lines {
                guard let match = line.firstMatch(of: #/^\s*(?:public |package |@\w+ )*import (?:struct |enum )?(\w+)/#)
                else { continue }
                let module = String(match.1)
                #expect(!own.contains(module) || allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func sql_standsOnlyInQueries() throws {
        let statement = #/"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s+[\w(]/#
        let domain: Set<String> = ["Portal", "PortalHosts", "PortalWeb", "vcluster-portal"]
        for file in try tree.sources()
        where domain.contains(file.target) && !file.name.hasSuffix("Queries.swift") {
            for (index, line) in file.lines.enumerated() where line.contains("\"") && line.contains(statement) {
                Issue.record("\(file.path):\(index + 1) has SQL outside a …Queries.swift")
            }
        }
    }

    /// Services get a database and stand it behind `PortalDatabase` at once, which asks in whose name a statement runs.
    @Test func domain_reachesTheDatabaseOnlyThroughItsWall() throws {
        for file in try tree.sources() where file.target == "Portal" && !file.path.contains("/Database/") {
            for (index, line) in file.lines.enumerated()
            where line.codeOnly.contains(#/\bPostgres(Database|Transaction|Connection|Scope)\b/#) {
                let isParameter = line.contains(#/^\s*(public init\()?database: PostgresDatabase\b/#)
                #expect(isParameter, "\(file.path):\(index + 1) goes around PortalDatabase")
            }
        }
    }
}
