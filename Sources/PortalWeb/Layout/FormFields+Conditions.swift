import Portal

/// The inputs that access rules and approval policies have in common.
extension FormFields {
    func environments() -> BoxesModel {
        boxes(
            "environments",
            name: "environment",
            VClusterEnvironment.allCases.map { ($0.rawValue, writer.text("environment.\($0.rawValue)")) },
            error: "conditions.environments"
        )
    }

    /// Labels, one a line.
    func labels() -> FieldModel {
        var field = field("labels", error: "conditions.labels")
        field.placeholder = "tier=gold"
        return field
    }

    func hosts(_ hosts: [Portal.Host]) -> BoxesModel {
        boxes("hosts", name: "host", hosts.map { ($0.id.description, $0.name) }, error: "conditions.hostIds")
    }

    /// Roles among the choices of a list of those whom something is about.
    func roleOptions(_ roles: [RoleDefinition]) -> [(value: String, label: String)] {
        roles.map { role in
            let name = writer.roleName(role.reference, role.name)
            return ("role:\(role.reference)", writer.text("form.role", ["role": .text(name)]))
        }
    }
}
