import Portal

/// An input with its label, hint and error.
struct FieldModel: Sendable {
    /// The id in the page; the error summary links to it.
    let id: String
    let name: String
    let label: String
    var value = ""
    var type = "text"
    var hint: String?
    var optional: String?
    var placeholder: String?
    var autocomplete: String?
    var maxLength: Int?
    var isRequired = false
    var error: String?
    /// The ids of hint and error, for screen readers.
    var describedBy: String?

    /// The field with the ids of its hint and error filled in.
    var described: FieldModel {
        var copy = self
        copy.describedBy = Describing.ids(id, hint: hint, error: error)
        return copy
    }
}

/// A list of choices with its label, hint and error.
struct SelectModel: Sendable {
    let id: String
    let name: String
    let label: String
    let options: [OptionModel]
    var hint: String?
    var optional: String?
    var isRequired = false
    var error: String?
    var describedBy: String?

    /// The field with the ids of its hint and error filled in.
    var described: SelectModel {
        var copy = self
        copy.describedBy = Describing.ids(id, hint: hint, error: error)
        return copy
    }
}

/// A group of boxes to tick.
struct BoxesModel: Sendable {
    let id: String
    let name: String
    let legend: String
    let hint: String?
    let options: [OptionModel]
    let error: String?
    /// Whether the labels are short, so that many stand in a line.
    let isSmall: Bool
}

/// Permissions to tick, by what they are about.
struct PermissionGroupModel: Sendable {
    let title: String
    let permissions: [OptionModel]

    /// Permissions as choices.
    ///
    /// - Parameters:
    ///   - offered: Those to choose from.
    ///   - held: The names of those that are ticked.
    ///   - writer: Writes for the reader.
    /// - Returns: The groups of which something is offered, in the order of the permissions.
    static func all(
        offering offered: Set<Permission> = Set(Permission.allCases),
        held: Set<String>,
        _ writer: Localizer
    ) -> [PermissionGroupModel] {
        PermissionGroup.all.compactMap { group in
            let permissions = group.permissions.filter(offered.contains)
            guard !permissions.isEmpty else { return nil }
            return PermissionGroupModel(
                title: writer.title(group),
                permissions: permissions.map { permission in
                    OptionModel(
                        value: permission.rawValue,
                        label: permission.rawValue,
                        text: writer.text(permission),
                        isSelected: held.contains(permission.rawValue)
                    )
                }
            )
        }
    }
}

/// The errors of a form at its top, each with a link to its field.
struct ErrorSummaryModel: Sendable {
    let title: String
    var items: [Item] = []

    /// One error.
    struct Item: Sendable {
        let text: String
        /// `#id` of the field; nil for an error of no single field.
        var href: String?
    }
}

/// Connects an input with the texts about it.
enum Describing {
    /// The value of `aria-describedby`; nil when there is nothing to read out.
    static func ids(_ id: String, hint: String?, error: String?) -> String? {
        let ids = [error.map { _ in "\(id)-error" }, hint.map { _ in "\(id)-hint" }].compactMap { $0 }
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }
}
