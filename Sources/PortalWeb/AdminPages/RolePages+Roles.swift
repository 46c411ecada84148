import HTTPCore
import Portal

extension RoleListPage {
    /// The roles that a reader sees: all of the page in the matrix, the custom ones in a list besides.
    init(_ page: Page<RoleDefinition>, _ names: TenantNames, isFirst: Bool, _ writer: Localizer) {
        let roles = page.items
        let path = Route.adminRolesPage.path
        title = writer.text("roles.title")
        newHref = Route.adminRoleNewPage.path
        columns = roles.map { role in
            Column(
                name: writer.roleName(role.reference, role.name),
                note: role.isBuiltIn ? nil : writer.text("roles.custom")
            )
        }
        groups = PermissionGroup.all.map { group in
            Group(
                title: writer.title(group),
                span: roles.count + 1,
                permissions: group.permissions.map { permission in
                    .init(
                        name: permission.rawValue,
                        text: writer.text(permission),
                        cells: roles.map { role in
                            let isHeld = role.permissions.contains(permission)
                            return Cell(isHeld: isHeld, text: writer.text(isHeld ? "roles.yes" : "roles.no"))
                        }
                    )
                }
            )
        }
        customRows = roles.filter { !$0.isBuiltIn }.map { role in
            Row(
                href: role.reference.pagePath,
                name: role.name,
                note: role.description.isEmpty ? nil : role.description,
                tenant: role.tenantID.flatMap { names.path($0) } ?? writer.text("tenant.furtherUp"),
                count: writer.count("roles.permissions", role.permissions.count)
            )
        }
        pager =
            isFirst && page.nextPageToken == nil
            ? nil
            : .init(
                summary: "",
                firstHref: isFirst ? nil : path,
                previousHref: nil,
                nextHref: page.nextPageToken.map { "\(path)?page=\(PercentCoding.encoded($0))" }
            )
        customEmpty = writer.text("roles.noCustom")
    }
}

extension RoleReference {
    /// The page of a custom role; the list for a built-in one, which nobody can change.
    fileprivate var pagePath: String {
        switch self {
        case .builtIn: Route.adminRolesPage.path
        case .custom(let id): Route.adminRolePage(id).path
        }
    }
}

extension RoleFormPage {
    /// The form of a role, or of a new one, with what was typed when it was refused.
    init(
        _ role: RoleDefinition?,
        _ choices: TenantChoices,
        chosen: TenantID?,
        refused: RefusedForm?,
        _ writer: Localizer
    ) {
        let form = refused.flatMap { $0.name == "role" ? $0 : nil }
        title = role?.name ?? writer.text("roles.newTitle")
        crumbs = [LinkModel(href: Route.adminRolesPage.path, label: writer.text("roles.title"))]
        lead = writer.text(role == nil ? "roles.newLead" : "roles.editLead")
        action = role.map(\.reference.pagePath) ?? Route.adminRoleNewPage.path
        errorSummary = form?.summary(
            [
                "name": "role-name", "description": "role-description", "tenant": "role-tenant",
                "permissions": "permissions",
            ],
            writer
        )
        fields = [
            Self.field("name", role?.name, isRequired: true, form, writer),
            Self.field("description", role?.description, isRequired: false, form, writer),
        ]
        selects = role == nil ? [Self.tenantSelect(choices, chosen: chosen, form, writer)] : []
        let held = form.map { Set($0.input.all(named: "permission")) } ?? Set((role?.permissions ?? []).map(\.rawValue))
        groups = PermissionGroupModel.all(held: held, writer)
        permissionsError = form?.problem("permissions", writer)
        version = role.map { form?.value("version") ?? $0.etag.description }
        submit = writer.text(role == nil ? "roles.create" : "roles.save")
        menus = role.map { [Self.removal($0, refused, writer)] } ?? []
    }

    private static func field(
        _ name: String,
        _ value: String?,
        isRequired: Bool,
        _ form: RefusedForm?,
        _ writer: Localizer
    ) -> FieldModel {
        FieldModel(
            id: "role-\(name)",
            name: name,
            label: writer.text("roles.\(name)"),
            value: form?.value(name) ?? value ?? "",
            optional: isRequired ? nil : writer.text("wizard.optional"),
            autocomplete: "off",
            isRequired: isRequired,
            error: form?.problem(name, writer)
        ).described
    }

    private static func tenantSelect(
        _ choices: TenantChoices,
        chosen: TenantID?,
        _ form: RefusedForm?,
        _ writer: Localizer
    ) -> SelectModel {
        let names = TenantNames(choices.lineage)
        let typed = form?.value("tenant") ?? chosen?.description
        return SelectModel(
            id: "role-tenant",
            name: "tenant",
            label: writer.text("roles.tenant"),
            options: choices.offered.map { tenant in
                OptionModel(
                    value: tenant.id.description,
                    label: names.path(tenant.id) ?? tenant.name,
                    isSelected: tenant.id.description == typed
                )
            },
            hint: writer.text("roles.tenantHint"),
            isRequired: true,
            error: form?.problem("tenant", writer)
        ).described
    }

    private static func removal(_ role: RoleDefinition, _ refused: RefusedForm?, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("roles.delete"),
            icon: "trash",
            action: role.reference.customID.map { Route.adminRolePageDelete($0).path } ?? "",
            submit: writer.text("roles.delete"),
            text: writer.text("roles.deleteText", ["name": .text(role.name)]),
            isDanger: true
        ).refused(refused, named: "delete", writer)
    }
}
