import JSON
import Portal

extension VClusterUsage {
    /// The schema `Usage` of openapi.yaml.
    var json: JSONValue {
        ["requested": requested.json, "used": used.json, "overhead": overhead.json]
    }
}

extension ResourceAmounts {
    /// The schema `Amounts` of openapi.yaml: quantities as Kubernetes writes them.
    var json: JSONValue {
        [
            "cpu": JSONValue(cpuMillicores.map { Quantity(Millicores($0)).description }),
            "memory": JSONValue(memoryBytes.map { Quantity(Bytes($0)).description }),
            "storage": JSONValue(storageBytes.map { Quantity(Bytes($0)).description }),
            "gpus": JSONValue(gpus),
            "pods": JSONValue(pods),
        ]
    }
}
