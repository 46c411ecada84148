import Portal

extension GroupPage {
    /// What the page is made of.
    struct Parts: Sendable {
        let group: Group
        let names: TenantNames
        let members: Page<GroupMember>?
        let membersToken: String?
        let roles: [Membership]
        /// Whether the reader manages groups at the tenant of this one.
        let mayManage: Bool
        /// Whether the reader may say what it is called at the identity provider.
        let namesProvider: Bool
        let refused: RefusedForm?
    }

    /// The page of a group.
    init(_ parts: Parts, _ writer: Localizer) {
        let group = parts.group
        let tenant = parts.names.path(group.tenantID)
        title = group.name
        lead = group.description.isEmpty ? nil : group.description
        crumbs = [LinkModel(href: Route.adminGroupsPage.path, label: writer.text("groups.title"))]
        errorSummary = parts.refused.flatMap { $0.name == "removeMember" ? $0.summary([:], writer) : nil }
        menus = parts.mayManage ? Self.menus(parts, writer) : []
        settings = parts.mayManage ? Settings(parts, writer) : nil
        members = (parts.members?.items ?? []).map { Member($0, parts, writer) }
        pager = .init(Route.adminGroupPage(group.id).path, "members", parts.membersToken, parts.members?.nextPageToken)
        roles = parts.roles.map { HeldRoleModel($0, remove: nil, writer) }
        details = [
            FactModel(name: writer.text("roles.tenant"), value: tenant ?? writer.text("tenant.furtherUp")),
            FactModel(
                name: writer.text("groups.external"),
                value: group.externalID.map { "\($0)\(group.provider.map { " · \($0)" } ?? "")" }
                    ?? writer.text("groups.onlyHere")
            ),
            FactModel(name: writer.text("tenant.created"), time: writer.time(group.createdAt)),
            FactModel(name: writer.text("tenant.id"), value: group.id.description),
        ]
    }

    private static func menus(_ parts: Parts, _ writer: Localizer) -> [MenuFormModel] {
        let add = MenuFormModel(
            summary: writer.text("groups.addMember"),
            icon: "plus",
            action: Route.adminGroupPageMembers(parts.group.id).path,
            submit: writer.text("groups.addMemberSubmit"),
            fields: [
                FieldModel(
                    id: "member-email",
                    name: "email",
                    label: writer.text("users.email"),
                    type: "email",
                    autocomplete: "off",
                    maxLength: PortalLimits.Identity.emailLengthMax,
                    isRequired: true
                )
            ]
        )
        let delete = MenuFormModel(
            summary: writer.text("groups.delete"),
            icon: "trash",
            action: Route.adminGroupPageDelete(parts.group.id).path,
            submit: writer.text("groups.delete"),
            text: writer.text("groups.deleteText", ["name": .text(parts.group.name)]),
            isDanger: true
        )
        return [
            add.refused(parts.refused, named: "addMember", writer),
            delete.refused(parts.refused, named: "delete", writer),
        ]
    }
}

extension GroupPage.Settings {
    fileprivate init(_ parts: GroupPage.Parts, _ writer: Localizer) {
        let form = parts.refused.flatMap { $0.name == "settings" ? $0 : nil }
        var ids: [String: String] = [:]
        let fields = GroupPage.fields(parts.group, namesProvider: parts.namesProvider, writer).map { field in
            ids[field.name] = field.id
            guard let form else { return field }
            var typed = field
            typed.value = form.value(field.name)
            typed.error = form.problem(field.name, writer)
            return typed.described
        }
        self.init(
            action: Route.adminGroupPage(parts.group.id).path,
            errorSummary: form?.summary(ids, writer),
            fields: fields,
            version: form?.value("version") ?? parts.group.etag.description
        )
    }
}

extension GroupPage.Member {
    fileprivate init(_ member: GroupMember, _ parts: GroupPage.Parts, _ writer: Localizer) {
        self.init(
            name: member.name,
            email: member.email,
            source: writer.text("groups.source.\(member.source.rawValue)"),
            createdAt: writer.time(member.createdAt),
            remove: parts.mayManage
                ? GroupPage.Remove(
                    action: Route.adminGroupPageMemberRemoval(parts.group.id).path,
                    user: member.userID.description,
                    label: writer.text("groups.removeMember", ["name": .text(member.name)])
                ) : nil
        )
    }
}
