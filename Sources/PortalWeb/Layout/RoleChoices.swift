import Portal

/// The roles that a form offers, whichever tenant it will be: the domain says which can be given where.
struct RoleChoices: Sendable {
    private let roles: [RoleDefinition]
    private let names: TenantNames

    /// Roles with the visible tenants above those where they were made.
    init(_ roles: [RoleDefinition], _ lineage: [Tenant]) {
        self.roles = roles
        names = TenantNames(lineage)
    }

    /// The roles that the reader sees and could give somewhere: nobody gives more than they have.
    init(_ services: PortalServices, as caller: Caller) async throws {
        let page = try PageRequest(size: PortalLimits.Pages.sizeMax)
        let own = caller.bindings.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
        let roles = try await services.roles.list(page, as: caller).items
            .filter { caller.isSystem || $0.permissions.isSubset(of: own) }
        self.init(roles, try await services.tenants.lineage(of: roles.compactMap(\.tenantID), as: caller))
    }

    /// The list of roles, built-in ones first; roles of one's own say where they were made.
    func select(id: String, selected: RoleReference = .builtIn(.member), _ writer: Localizer) -> SelectModel {
        SelectModel(
            id: id,
            name: "role",
            label: writer.text("tenant.role"),
            options: roles.map { role in
                OptionModel(
                    value: role.reference.description,
                    label: label(role, writer),
                    isSelected: role.reference == selected
                )
            },
            hint: roles.contains { !$0.isBuiltIn } ? writer.text("roles.choiceHint") : nil,
            isRequired: true
        ).described
    }

    private func label(_ role: RoleDefinition, _ writer: Localizer) -> String {
        let label = writer.roleOption(role)
        guard let tenantID = role.tenantID else { return label }
        let tenant = names.path(tenantID) ?? writer.text("tenant.furtherUp")
        return writer.text("roles.madeAt", ["role": .text(label), "tenant": .text(tenant)])
    }
}
