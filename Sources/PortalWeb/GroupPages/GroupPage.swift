import Portal

/// One group: who is in it, which roles it gives, and its settings.
struct GroupPage: PageModel {
    static let template = "admin/group"

    let title: String
    let crumbs: [LinkModel]
    let lead: String?
    let menus: [MenuFormModel]
    /// Why a button was refused that is no form to fill in.
    let errorSummary: ErrorSummaryModel?
    /// nil for readers who may not change it.
    let settings: Settings?
    let members: [Member]
    let pager: VClusterListPage.Pager?
    let roles: [HeldRoleModel]
    let details: [FactModel]

    /// Name, description and external id.
    struct Settings: Sendable {
        let action: String
        let errorSummary: ErrorSummaryModel?
        let fields: [FieldModel]
        /// The version that is changed, as an entity tag.
        let version: String
    }

    /// Somebody in the group.
    struct Member: Sendable {
        let name: String
        let email: String
        let source: String
        let createdAt: TimeText
        /// nil for readers who may not take anybody out.
        let remove: Remove?
    }

    /// The form that takes somebody out.
    struct Remove: Sendable {
        let action: String
        let user: String
        let label: String
    }

    /// The fields of a group, or of a new one.
    ///
    /// - Parameters:
    ///   - group: The group; nil for a new one.
    ///   - namesProvider: Whether the reader may say what it is called at the identity provider.
    ///   - writer: Writes for the reader.
    /// - Returns: Name and description, and the external id with its provider for who may set it.
    static func fields(_ group: Group?, namesProvider: Bool, _ writer: Localizer) -> [FieldModel] {
        func field(
            _ name: String,
            _ value: String?,
            lengthMax: Int,
            isRequired: Bool,
            hint: String? = nil
        ) -> FieldModel {
            FieldModel(
                id: "group-\(name)",
                name: name,
                label: writer.text("groups.\(name)"),
                value: value ?? "",
                hint: hint,
                optional: isRequired ? nil : writer.text("wizard.optional"),
                autocomplete: "off",
                maxLength: lengthMax,
                isRequired: isRequired
            ).described
        }
        let fields = [
            field("name", group?.name, lengthMax: PortalLimits.Access.nameLengthMax, isRequired: true),
            field(
                "description",
                group?.description,
                lengthMax: PortalLimits.Access.descriptionLengthMax,
                isRequired: false
            ),
        ]
        guard namesProvider else { return fields }
        return fields + [
            field(
                "externalId",
                group?.externalID,
                lengthMax: PortalLimits.Access.externalIDLengthMax,
                isRequired: false,
                hint: writer.text("groups.externalIdHint")
            ),
            field(
                "provider",
                group?.provider,
                lengthMax: 32,
                isRequired: false,
                hint: writer.text("groups.providerHint")
            ),
        ]
    }
}
