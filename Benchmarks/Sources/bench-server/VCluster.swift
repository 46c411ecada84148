import JSON

/// The object that the JSON routes answer.
struct VCluster: JSONRepresentable {
    var id: String
    var name: String
    var tenant: String
    var phase: String
    var cpu: Double
    var memory: Int64
    var createdAt: String
    var labels: [(key: String, value: String)]
    var endpoints: [String]
    var message: String

    /// What is wrong with a document.
    struct Invalid: Error {
        let member: String
    }

    /// The object of the benchmark with an id.
    static func sample(_ id: String) -> VCluster {
        VCluster(
            id: id,
            name: "team-payments-staging",
            tenant: "acme",
            phase: "Running",
            cpu: 2.5,
            memory: 4_294_967_296,
            createdAt: "2026-11-23T03:00:00Z",
            labels: [("env", "staging"), ("team", "payments"), ("region", "eu-central-1")],
            endpoints: ["https://10.0.0.12:8443", "https://staging.acme.vc.example.com"],
            message: "All control plane components are ready."
        )
    }

    var json: JSONValue {
        [
            "id": .string(id),
            "name": .string(name),
            "tenant": .string(tenant),
            "phase": .string(phase),
            "cpu": cpu.json,
            "memory": memory.json,
            "createdAt": .string(createdAt),
            "labels": .object(JSONObject(labels.lazy.map { (key: $0.key, value: .string($0.value)) })),
            "endpoints": endpoints.json,
            "message": .string(message),
        ]
    }
}

extension VCluster {
    /// Reads a document; members that are not known are passed over.
    init(json: JSONValue) throws {
        func text(_ member: String) throws -> String {
            guard let value = json[member]?.string else { throw Invalid(member: member) }
            return value
        }
        guard let cpu = json["cpu"]?.double else { throw Invalid(member: "cpu") }
        guard let memory = json["memory"]?.int else { throw Invalid(member: "memory") }
        guard let labels = json["labels"]?.object else { throw Invalid(member: "labels") }
        guard let endpoints = json["endpoints"]?.array else { throw Invalid(member: "endpoints") }
        self.init(
            id: try text("id"),
            name: try text("name"),
            tenant: try text("tenant"),
            phase: try text("phase"),
            cpu: cpu,
            memory: memory,
            createdAt: try text("createdAt"),
            labels: try labels.map { label in
                guard let value = label.value.string else { throw Invalid(member: "labels") }
                return (key: label.key, value: value)
            },
            endpoints: try endpoints.map { endpoint in
                guard let value = endpoint.string else { throw Invalid(member: "endpoints") }
                return value
            },
            message: try text("message")
        )
    }
}
