import Portal

extension TenantPage {
    /// The forms behind the buttons of the page, as far as the reader may use them.
    static func menus(_ parts: Parts, _ writer: Localizer) -> [MenuFormModel] {
        guard parts.may(.tenantsManage) else { return [] }
        let tenant = parts.tenant
        // The name and the end of a tenant are up to who manages the one above.
        let above = tenant.parentID == nil ? tenant.path : Array(tenant.path.dropLast())
        let managesAbove = parts.caller.has(.tenantsManage, onPath: above)
        let removal = managesAbove ? removal(parts, writer) : []
        if tenant.isArchived { return [unarchive(parts, writer)] + removal }
        var menus = managesAbove ? [rename(parts, writer)] : []
        if tenant.depth < PortalLimits.Tenants.depthMax { menus.insert(create(parts, writer), at: 0) }
        if tenant.parentID != nil { menus += [archive(parts, writer)] + removal }
        return menus
    }

    private static func create(_ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("tenant.create"),
            icon: "plus",
            action: Route.tenantPageCreate(parts.tenant.id).path,
            submit: writer.text("tenant.createSubmit"),
            text: writer.text("tenant.createText", ["name": .text(parts.tenant.name)]),
            fields: [nameField("create-name", "", writer)]
        ).refused(parts.refused, named: "create", writer)
    }

    private static func rename(_ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("tenant.rename"),
            icon: "edit",
            action: Route.tenantPageRename(parts.tenant.id).path,
            submit: writer.text("tenant.renameSubmit"),
            fields: [nameField("rename-name", parts.tenant.name, writer)]
        ).refused(parts.refused, named: "rename", writer)
    }

    private static func archive(_ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("tenant.archive"),
            icon: "audit",
            action: Route.tenantPageArchive(parts.tenant.id).path,
            submit: writer.text("tenant.archiveSubmit"),
            text: writer.text("tenant.archiveText", ["name": .text(parts.tenant.name)])
        ).refused(parts.refused, named: "archive", writer)
    }

    private static func unarchive(_ parts: Parts, _ writer: Localizer) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("tenant.unarchive"),
            icon: "undo",
            action: Route.tenantPageUnarchive(parts.tenant.id).path,
            submit: writer.text("tenant.unarchiveSubmit"),
            text: writer.text("tenant.unarchiveText")
        ).refused(parts.refused, named: "unarchive", writer)
    }

    private static func removal(_ parts: Parts, _ writer: Localizer) -> [MenuFormModel] {
        let form = MenuFormModel(
            summary: writer.text("tenant.delete"),
            icon: "trash",
            action: Route.tenantPageDelete(parts.tenant.id).path,
            submit: writer.text("tenant.deleteSubmit"),
            text: writer.text("tenant.deleteText", ["name": .text(parts.tenant.name)]),
            isDanger: true
        )
        return [form.refused(parts.refused, named: "delete", writer)]
    }

    private static func nameField(_ id: String, _ value: String, _ writer: Localizer) -> FieldModel {
        FieldModel(
            id: id,
            name: "name",
            label: writer.text("tenant.name"),
            value: value,
            autocomplete: "off",
            maxLength: PortalLimits.Tenants.nameLengthMax,
            isRequired: true
        )
    }
}
