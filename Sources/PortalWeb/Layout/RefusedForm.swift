import HTTPCore
import HTTPServer
import Portal

/// A form that was not accepted: what was typed in it stays, with the reason beside it.
struct RefusedForm: Sendable {
    /// Which form of the page.
    let name: String
    /// What was typed.
    let input: QueryItems
    /// Why it was refused.
    let error: PortalError

    /// A refusal that a form can show; others are pages of their own: nobody is signed in, and defects.
    ///
    /// What does not exist may be what was chosen in the form, which somebody has removed meanwhile; then the form says so
    /// beside the choice. When it is what the page is about, drawing the page again fails with the same error.
    init?(_ name: String, _ input: QueryItems, _ error: PortalError) {
        switch error.code {
        case .unauthenticated, .internal: return nil
        default: break
        }
        self.name = name
        self.input = input
        self.error = Self.naming(error, in: input)
    }

    /// The fields that choose things, by what the domain calls them.
    private static let choices = [
        "tenant": ["tenant", "tenantId", "toTenantId", "parentId"], "role": ["role"], "group": ["group"],
        "user": ["email", "program"], "token": ["program"], "host": ["host", "hostId"], "vcluster": ["vcluster"],
    ]

    /// An error about something that does not exist, with the field that chose it.
    private static func naming(_ error: PortalError, in input: QueryItems) -> PortalError {
        guard error.code == .notFound, error.fields.isEmpty, let noun = error.noun,
            let field = choices[noun]?.first(where: { input.first(named: $0)?.isEmpty == false })
        else { return error }
        var named = error
        named.fields = [
            FieldError(
                field: field,
                code: FieldErrorCode.notFound,
                message: "does not exist any more, or you may not see it"
            )
        ]
        return named
    }

    /// The status of a page: that of its refused form, or 200 without one.
    static func status(of form: RefusedForm?) -> HTTPStatus { form.map { ProblemCode($0.error.code).status } ?? .ok }

    /// What was typed in a field.
    func value(_ field: String) -> String { input.first(named: field) ?? "" }

    /// What is wrong with a field; nil when nothing is.
    func problem(_ field: String, _ writer: Localizer) -> String? {
        error.fields.first { $0.field == field }.map { writer.text($0) }
    }

    /// The reason at the top of the form, with a link to every field that it names.
    ///
    /// - Parameters:
    ///   - ids: The ids of the form's inputs by the names of the fields.
    ///   - writer: Writes for the reader.
    /// - Returns: The text of the error, and one item a field.
    func summary(_ ids: [String: String], _ writer: Localizer) -> ErrorSummaryModel {
        let isAboutFields = [.invalidArgument, .notFound].contains(error.code) && !error.fields.isEmpty
        return ErrorSummaryModel(
            title: isAboutFields ? writer.count("wizard.errorsTitle", error.fields.count) : writer.text(error),
            items: error.fields.map { field in
                .init(text: writer.text(field), href: ids[field.field].map { "#\($0)" })
            }
        )
    }
}

extension QueryItems {
    /// The tenant that a form chose in its field `tenant`.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `tenant` when none was.
    func chosenTenant() throws(PortalError) -> TenantID {
        guard let id = first(named: "tenant").flatMap({ TenantID($0) }) else {
            throw .invalid("tenant", FieldErrorCode.required, "has to be chosen")
        }
        return id
    }

    /// The role that a form chose in its field `role`.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `role` when none was.
    func chosenRole() throws(PortalError) -> RoleReference {
        guard let role = first(named: "role").flatMap({ RoleReference($0) }) else {
            throw .invalid("role", FieldErrorCode.required, "has to be chosen")
        }
        return role
    }
}

extension RequestContext {
    /// The tenant that a form has to offer, however many others there are: the one that was sent with it, else the one
    /// that the address of the page names (`?tenant=`).
    func tenantToOffer(_ refused: RefusedForm?, field: String = "tenant") -> TenantID? {
        (refused?.value(field) ?? query.first(named: "tenant")).flatMap { TenantID($0) }
    }

    /// Carries a form out and goes where it leads, or shows its page again with what was typed.
    ///
    /// - Parameters:
    ///   - form: Which form of the page.
    ///   - body: What the form does, and where it leads.
    ///   - refused: Shows the page with the refusal.
    /// - Returns: 303, or the page with the status of the refusal.
    /// - Throws: What a form cannot show, see `RefusedForm`.
    func submit(
        _ form: String,
        _ body: (Caller) async throws -> (path: String, flash: Flash),
        refused: (RefusedForm) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await attempt(form) { caller in
            let (path, flash) = try await body(caller)
            return PageResponder(self).redirect(to: path, flash)
        } refused: {
            try await refused($0)
        }
    }

    /// Carries a form out that has its own answer, or shows its page again with what was typed.
    ///
    /// - Parameters:
    ///   - form: Which form of the page.
    ///   - body: What the form does.
    ///   - refused: Shows the page with the refusal.
    /// - Returns: The answer of the form, or the page with the status of the refusal.
    /// - Throws: What a form cannot show, see `RefusedForm`.
    func attempt(
        _ form: String,
        _ body: (Caller) async throws -> HTTPResponse,
        refused: (RefusedForm) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        do {
            return try await body(try requireCaller())
        } catch let error as PortalError {
            guard let refusal = RefusedForm(form, self.form, error) else { throw error }
            return try await refused(refusal)
        }
    }
}

/// A form behind a button: what an action needs to know, and a refusal.
struct MenuFormModel: Sendable {
    /// The button that opens it.
    let summary: String
    let icon: String
    let action: String
    let submit: String
    var text: String?
    var hidden: [OptionModel] = []
    var fields: [FieldModel] = []
    var selects: [SelectModel] = []
    var isDanger = false
    var isOpen = false
    var errorSummary: ErrorSummaryModel?

    /// The form `delete`, which asks once more whether something is to go.
    ///
    /// - Parameters:
    ///   - texts: Where its texts are: `delete` and `deleteText`.
    ///   - name: The name of what goes.
    ///   - action: Where it is sent.
    ///   - refused: Why a form of the page was refused.
    ///   - writer: Writes for the reader.
    /// - Returns: The form; open, with the reason, when it is the one that was refused.
    static func removal(
        _ texts: String,
        of name: String,
        action: Route,
        _ refused: RefusedForm?,
        _ writer: Localizer
    ) -> MenuFormModel {
        MenuFormModel(
            summary: writer.text("\(texts).delete"),
            icon: "trash",
            action: action.path,
            submit: writer.text("\(texts).delete"),
            text: writer.text("\(texts).deleteText", ["name": .text(name)]),
            isDanger: true
        ).refused(refused, named: "delete", writer)
    }

    /// The form with what was typed and why it was refused; the same when the refusal is of another form.
    func refused(_ form: RefusedForm?, named name: String, _ writer: Localizer) -> MenuFormModel {
        guard let form, form.name == name else { return self }
        var copy = self
        var ids: [String: String] = [:]
        for field in fields { ids[field.name] = field.id }
        for select in selects { ids[select.name] = select.id }
        copy.isOpen = true
        copy.errorSummary = form.summary(ids, writer)
        copy.fields = fields.map { field in
            var field = field
            if field.type != "password" { field.value = form.value(field.name) }
            field.error = form.problem(field.name, writer)
            return field.described
        }
        copy.selects = selects.map { select in
            let options = select.options.map { option in
                var option = option
                option.isSelected = option.value == form.value(select.name)
                return option
            }
            return SelectModel(
                id: select.id,
                name: select.name,
                label: select.label,
                options: options,
                hint: select.hint,
                optional: select.optional,
                isRequired: select.isRequired,
                error: form.problem(select.name, writer)
            ).described
        }
        return copy
    }
}
