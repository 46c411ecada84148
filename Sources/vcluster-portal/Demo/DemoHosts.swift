import JSON
import Portal

/// Two simulated hosts, one larger than the other.
enum DemoHosts {
    static let settings: [(name: String, settings: JSONValue)] = [
        (
            "frankfurt",
            [
                "capacity": ["cpu": "256", "memory": "1Ti", "storage": "20Ti", "gpus": 8, "pods": 4000],
                "nodes": 8, "overcommit": ["cpu": 4, "memory": 2], "latencyMilliseconds": 250, "seed": 7,
                "labels": ["region": "eu-central"],
            ]
        ),
        (
            "virginia",
            [
                "capacity": ["cpu": "128", "memory": "512Gi", "storage": "10Ti", "gpus": 0, "pods": 2000],
                "nodes": 4, "overcommit": ["cpu": 4, "memory": 2], "latencyMilliseconds": 350, "seed": 11,
                "labels": ["region": "us-east"],
            ]
        ),
    ]

    /// Makes what is missing.
    ///
    /// - Returns: The id of every host by its name.
    static func ensure(_ services: PortalServices) async throws -> [String: HostID] {
        var hosts: [String: HostID] = [:]
        for (name, settings) in settings {
            let new = NewHost(name: name, driver: .simulated, settings: settings)
            hosts[name] = try await services.hosts.ensure(new, as: .system("demo")).id
        }
        return hosts
    }
}
