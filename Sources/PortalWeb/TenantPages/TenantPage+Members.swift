import Portal

extension TenantPage.Members {
    /// The members of a tenant with the forms that change them.
    init(_ page: Page<Member>, _ parts: TenantPage.Parts, _ writer: Localizer) {
        let tenant = parts.tenant
        let path = Route.tenantPage(tenant.id).path
        accessHref = Route.tenantPageAccess(tenant.id).path
        rulesHref = Route.tenantPageRules(tenant.id).path
        inviteHref = parts.roles.isEmpty ? nil : InvitationListPage.href(below: tenant.id)
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
        return [user, group(parts, writer), program(parts, writer)].compactMap(\.self)
    }

    private static func group(_ parts: TenantPage.Parts, _ writer: Localizer) -> MenuFormModel? {
        guard !parts.groups.isEmpty else { return nil }
        let groups = SelectModel(
            id: "add-group",
            name: "group",
            label: writer.text("tenant.group"),
            options: parts.groups.map { OptionModel(value: $0.id.description, label: $0.name) },
            isRequired: true
        )
        return MenuFormModel(
            summary: writer.text("tenant.addGroup"),
            icon: "plus",
            action: Route.tenantPageMembers(parts.tenant.id).path,
            submit: writer.text("tenant.addGroupSubmit"),
            hidden: [OptionModel(value: RoleSubject.Kind.group.rawValue, label: "kind")],
            selects: [groups, roleSelect(parts, "add-group-role", writer)]
        ).refused(parts.refused, named: "addGroup", writer)
    }

    /// The form for service accounts, and for single tokens, whose roles come on top of those of their owners.
    private static func program(_ parts: TenantPage.Parts, _ writer: Localizer) -> MenuFormModel? {
        guard !parts.accounts.isEmpty || !parts.tokens.isEmpty else { return nil }
        let accounts = parts.accounts.map { account in
            OptionModel(
                value: ProgramChoice.text(.user(account.id)),
                label: writer.text("tenant.programAccount", ["name": .text(account.name)])
            )
        }
        let tokens = parts.tokens.map { owned in
            OptionModel(
                value: ProgramChoice.text(.token(owned.token.id)),
                label: writer.text(
                    "tenant.programToken",
                    ["name": .text(owned.token.name), "hint": .text(owned.token.hint), "owner": .text(owned.ownerName)]
                )
            )
        }
        return MenuFormModel(
            summary: writer.text("tenant.addProgram"),
            icon: "plus",
            action: Route.tenantPageMembers(parts.tenant.id).path,
            submit: writer.text("tenant.addUserSubmit"),
            text: writer.text("tenant.addProgramText"),
            hidden: [OptionModel(value: ProgramChoice.kind, label: "kind")],
            selects: [
                SelectModel(
                    id: "add-program",
                    name: "program",
                    label: writer.text("tenant.program"),
                    options: accounts + tokens,
                    isRequired: true
                ),
                roleSelect(parts, "add-program-role", writer),
            ]
        ).refused(parts.refused, named: "addProgram", writer)
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
        let isService = member.email.map(User.isServiceAddress) ?? false
        let note: String
        var kind: String? = member.subject.kind.rawValue
        switch member.subject {
        case .group: note = writer.text("tenant.groupNote")
        case .token: note = isService ? writer.text("tenant.tokenNote") : member.email ?? ""
        case .user:
            note = isService ? writer.text("tenant.serviceNote") : member.email ?? ""
            kind = isService ? "service" : nil
        }
        self.init(
            name: member.name,
            note: note,
            kind: kind.map { writer.text("tenant.kind.\($0)") },
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

/// A service account or a token as the value of a choice: `user:` or `token:` and the id.
enum ProgramChoice {
    /// The kind of the form that offers them.
    static let kind = "program"

    static func text(_ subject: RoleSubject) -> String { "\(subject.kind.rawValue):\(subject.id)" }

    /// The subject of a value; nil for none that could be.
    static func subject(_ text: String) -> RoleSubject? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        return RoleSubject(kind: parts[0], id: parts[1])
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
