import Portal

extension TenantPage.Members {
    /// The members of a tenant with the forms that change them.
    init(_ page: Page<Member>, _ parts: TenantPage.Parts, _ writer: Localizer) {
        let tenant = parts.tenant
        let path = Route.tenantPage(tenant.id).path
        accessHref = Route.tenantPageAccess(tenant.id).path
        rulesHref = Route.tenantPageRules(tenant.id).path
        rows = page.items.map { TenantPage.MemberRow($0, parts, writer) }
        pager = .init(path, "members", parts.membersToken, page.nextPageToken)
        menus = parts.roles.isEmpty ? [] : Self.menus(parts, writer)
    }

    private static func menus(_ parts: TenantPage.Parts, _ writer: Localizer) -> [MenuFormModel] {
        let action = Route.tenantPageMembers(parts.tenant.id).path
        let user = MenuFormModel(
            summary: writer.text("tenant.addUser"),
            icon: "plus",
            action: action,
            submit: writer.text("tenant.addUserSubmit"),
            hidden: [OptionModel(value: RoleSubject.Kind.user.rawValue, label: "kind")],
            fields: [
                FieldModel(
                    id: "add-user-email",
                    name: "email",
                    label: writer.text("tenant.email"),
                    type: "email",
                    autocomplete: "off",
                    maxLength: PortalLimits.Identity.emailLengthMax,
                    isRequired: true
                )
            ],
            selects: [roleSelect(parts, "add-user-role", writer)]
        ).refused(parts.refused, named: "addUser", writer)
        guard !parts.groups.isEmpty else { return [user] }
        let groups = SelectModel(
            id: "add-group",
            name: "group",
            label: writer.text("tenant.group"),
            options: parts.groups.map { OptionModel(value: $0.id.description, label: $0.name) },
            isRequired: true
        )
        let group = MenuFormModel(
            summary: writer.text("tenant.addGroup"),
            icon: "plus",
            action: action,
            submit: writer.text("tenant.addGroupSubmit"),
            hidden: [OptionModel(value: RoleSubject.Kind.group.rawValue, label: "kind")],
            selects: [groups, roleSelect(parts, "add-group-role", writer)]
        ).refused(parts.refused, named: "addGroup", writer)
        return [user, group]
    }

    private static func roleSelect(_ parts: TenantPage.Parts, _ id: String, _ writer: Localizer) -> SelectModel {
        SelectModel(
            id: id,
            name: "role",
            label: writer.text("tenant.role"),
            options: parts.roles.map { role in
                OptionModel(
                    value: role.reference.description,
                    label: writer.roleOption(role),
                    isSelected: role.reference == .builtIn(.member)
                )
            },
            hint: writer.text("tenant.roleHint"),
            isRequired: true
        ).described
    }
}

extension TenantPage.MemberRow {
    fileprivate init(_ member: Member, _ parts: TenantPage.Parts, _ writer: Localizer) {
        let isHere = member.tenantID == parts.tenant.id
        let role = writer.roleName(member.role, member.roleName)
        let source: String
        if isHere {
            source = writer.text("tenant.here")
        } else {
            source = member.tenantName ?? writer.text("tenant.furtherUp")
        }
        let isOwn = parts.roles.contains { $0.reference == member.role }
        self.init(
            name: member.name,
            note: member.email ?? writer.text("tenant.groupNote"),
            kind: member.subject.kind == .user ? nil : writer.text("tenant.kind.\(member.subject.kind.rawValue)"),
            role: role,
            source: source,
            sourceHref: isHere || member.tenantName == nil ? nil : Route.tenantPage(member.tenantID).path,
            remove: isHere && isOwn
                ? TenantPage.Remove(
                    action: Route.tenantPageMemberRemoval(parts.tenant.id).path,
                    label: writer.text("tenant.takeRole", ["role": .text(role), "name": .text(member.name)]),
                    kind: member.subject.kind.rawValue,
                    subject: member.subject.id,
                    role: member.role.description
                ) : nil
        )
    }
}

extension Localizer {
    /// The name of a role in the reader's language; custom roles have the one they were given.
    func roleName(_ role: RoleReference, _ name: String) -> String {
        switch role {
        case .builtIn(let role): text("role.\(role.rawValue)")
        case .custom: name
        }
    }

    /// A role as a choice: with what it is for.
    func roleOption(_ role: RoleDefinition) -> String {
        let name = roleName(role.reference, role.name)
        let purpose = role.isBuiltIn ? text("rolePurpose.\(role.name)") : role.description
        return purpose.isEmpty ? name : text("roles.option", ["name": .text(name), "purpose": .text(purpose)])
    }
}
