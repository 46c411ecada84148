/// What a custom role is made from, and what it is changed to.
public struct NewRole: Sendable, Hashable {
    /// The name; unique at its tenant without regard to case, and not that of a built-in role.
    public var name: String
    /// What it is for; may be empty.
    public var description: String
    /// What it permits; completed by `Permission.complete`.
    public var permissions: Set<Permission>

    /// A role with the given values.
    public init(name: String, description: String = "", permissions: Set<Permission>) {
        self.name = name
        self.description = description
        self.permissions = permissions
    }

    /// The values of a role that is to be changed.
    public init(_ role: RoleDefinition) {
        self.init(name: role.name, description: role.description, permissions: role.permissions)
    }

    /// The same with clean texts and all permissions that are needed.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `name`, `description` or `permissions`.
    func checked() throws(PortalError) -> NewRole {
        var errors = FieldErrors()
        let name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Access.nameLengthMax,
            errors: &errors
        )
        let description = TextRules.paragraph(
            description,
            field: "description",
            lengthMax: PortalLimits.Access.descriptionLengthMax,
            errors: &errors
        )
        if Role(rawValue: name.lowercased()) != nil {
            errors.add("name", FieldErrorCode.invalidValue, "is the name of a built-in role; choose another")
        }
        if permissions.isEmpty {
            errors.add("permissions", FieldErrorCode.required, "must name at least one permission")
        }
        try errors.throwIfAny()
        return NewRole(name: name, description: description, permissions: Permission.complete(permissions))
    }
}
