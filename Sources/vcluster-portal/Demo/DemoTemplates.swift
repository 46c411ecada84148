import JSON
import Portal

/// Three sizes that most people choose from.
enum DemoTemplates {
    static let all: [NewTemplate] = [
        NewTemplate(
            name: "Development",
            description: "One small control plane with its data in an embedded database. For trying things out.",
            environment: "dev",
            spec: [
                "replicas": 1,
                "resources": [
                    "requests": ["cpu": "200m", "memory": "256Mi"], "limits": ["memory": "1Gi"],
                ],
                "persistence": ["enabled": true, "size": "5Gi"],
                "quota": ["cpu": "4", "memory": "8Gi", "storage": "20Gi", "pods": 40],
                "isolation": "lite",
            ]
        ),
        NewTemplate(
            name: "Staging",
            description: "Room for a whole application and its tests, isolated by network policies.",
            environment: "test",
            spec: [
                "replicas": 1,
                "resources": [
                    "requests": ["cpu": "500m", "memory": "1Gi"], "limits": ["memory": "2Gi"],
                ],
                "persistence": ["enabled": true, "size": "10Gi"],
                "quota": ["cpu": "16", "memory": "32Gi", "storage": "100Gi", "pods": 150],
                "isolation": "full",
            ]
        ),
        NewTemplate(
            name: "Production",
            description: "Three control planes over a deployed etcd; survives the loss of a node.",
            environment: "prod",
            spec: [
                "replicas": 3,
                "backingStore": ["type": "deployedEtcd"],
                "resources": [
                    "requests": ["cpu": "1", "memory": "2Gi"], "limits": ["memory": "4Gi"],
                ],
                "persistence": ["enabled": true, "size": "20Gi"],
                "quota": ["cpu": "40", "memory": "160Gi", "storage": "500Gi", "pods": 400],
                "isolation": "full",
            ]
        ),
    ]

    /// Makes what is missing.
    ///
    /// - Returns: The id of every template by its name.
    static func ensure(_ services: PortalServices) async throws -> [String: TemplateID] {
        var templates: [String: TemplateID] = [:]
        for new in all {
            templates[new.name] = try await services.templates.ensure(new, as: .system("demo")).id
        }
        return templates
    }
}
