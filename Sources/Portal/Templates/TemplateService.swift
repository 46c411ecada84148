import FoundationEssentials
import JSON
public import Postgres

/// The templates that people start from.
///
/// A vcluster copies the spec when it is made, so changing or removing a template never touches what exists.
public struct TemplateService: Sendable {
    private let database: PortalDatabase
    private let time: any TimeSource
    private let limits: PortalLimits

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database)
        self.time = time
        self.limits = limits
    }

    /// A page of templates by name.
    ///
    /// - Throws: `PortalError` `.forbidden` without `templates.read`, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(_ page: PageRequest = .first, as caller: Caller) async throws -> Page<Template> {
        try caller.require(.templatesRead)
        let after = try page.cursor(list: "templates", count: 1)?.keys[0]
        let rows = try await database.as(caller).query(
            TemplateQueries.page(after: after, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try Template(row: $0) }, request: page) { template in
            PageCursor(list: "templates", keys: [template.name])
        }
    }

    /// One template.
    ///
    /// - Throws: `PortalError` `.forbidden` without `templates.read`, `.notFound`; `PostgresError`.
    public func get(_ id: TemplateID, as caller: Caller) async throws -> Template {
        try caller.require(.templatesRead)
        return try await Self.find(TemplateQueries.byID(id), in: database.as(caller))
    }

    /// Adds a template.
    ///
    /// - Throws: `PortalError` `.forbidden` without `templates.manage`, `.invalidArgument` with every field that is
    ///   wrong, `.alreadyExists`; `PostgresError`.
    public func create(_ new: NewTemplate, as caller: Caller) async throws -> Template {
        try caller.require(.templatesManage)
        let now = time.now()
        let template = try checked(
            Template(
                id: TemplateID(),
                name: new.name,
                description: new.description,
                environment: new.environment,
                spec: new.spec,
                createdBy: caller.userID,
                createdAt: now,
                updatedAt: now
            )
        )
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                try await transaction.execute(TemplateQueries.insert(template))
                let entry = AuditEntry(.templateCreate, of: .template(template), after: template.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return template
            }
        }
    }

    /// The template with a name, added if there is none; an existing one stays as it is.
    ///
    /// - Throws: As `create`.
    public func ensure(_ new: NewTemplate, as caller: Caller) async throws -> Template {
        try caller.require(.templatesManage)
        let byName = TemplateQueries.byName(new.name.trimmed)
        if let row = try await database.as(caller).query(byName).first { return try Template(row: row) }
        do {
            return try await create(new, as: caller)
        } catch let error as PortalError where error.code == .alreadyExists {
            return try await Self.find(byName, in: database.as(caller))
        }
    }

    /// Changes a template.
    ///
    /// - Throws: `PortalError` `.forbidden` without `templates.manage`, `.notFound`, `.preconditionFailed`,
    ///   `.invalidArgument` with every field that is wrong, `.alreadyExists`; `PostgresError`.
    public func update(
        _ id: TemplateID,
        _ change: TemplateChange,
        ifMatch: String? = nil,
        as caller: Caller
    ) async throws
        -> Template
    {
        try caller.require(.templatesManage)
        let now = time.now()
        return try await Self.explainingNames {
            try await database.as(caller).transaction { transaction in
                let before = try await Self.find(TemplateQueries.byIDForUpdate(id), in: transaction)
                try before.etag.require(ifMatch: ifMatch)
                let wanted = try checked(
                    Template(
                        id: id,
                        name: change.name ?? before.name,
                        description: change.description ?? before.description,
                        environment: change.environment.map { $0.isEmpty ? nil : $0 } ?? before.environment,
                        spec: change.spec.map { before.spec.mergePatched(by: $0) } ?? before.spec,
                        createdBy: before.createdBy,
                        createdAt: before.createdAt,
                        updatedAt: now
                    )
                )
                let after = try await Self.find(TemplateQueries.update(wanted, at: now), in: transaction)
                let entry = AuditEntry(
                    .templateUpdate,
                    of: .template(after),
                    before: before.json,
                    after: after.json
                )
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return after
            }
        }
    }

    /// Removes a template; the vclusters that were made from it stay.
    ///
    /// - Throws: `PortalError` `.forbidden` without `templates.manage`, `.notFound`, `.preconditionFailed`;
    ///   `PostgresError`.
    public func delete(_ id: TemplateID, ifMatch: String? = nil, as caller: Caller) async throws {
        try caller.require(.templatesManage)
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let template = try await Self.find(TemplateQueries.byIDForUpdate(id), in: transaction)
            try template.etag.require(ifMatch: ifMatch)
            try await transaction.execute(TemplateQueries.delete(id))
            let entry = AuditEntry(.templateDelete, of: .template(template), before: template.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// The template with its texts cleaned, when every field is right.
    private func checked(_ template: Template) throws(PortalError) -> Template {
        var errors = FieldErrors()
        let name = TextRules.line(
            template.name,
            field: "name",
            lengthMax: PortalLimits.Templates.nameLengthMax,
            errors: &errors
        )
        let description = TextRules.paragraph(
            template.description,
            field: "description",
            lengthMax: PortalLimits.Templates.descriptionLengthMax,
            errors: &errors
        )
        if let environment = template.environment, VClusterEnvironment(rawValue: environment) == nil {
            let known = VClusterEnvironment.allCases.map(\.rawValue).joined(separator: ", ")
            errors.add("environment", FieldErrorCode.invalidValue, "must be one of \(known)")
        }
        let specBytesMax = limits.templates.specBytesMax
        if template.spec.encoded().count > specBytesMax {
            errors.add("spec", FieldErrorCode.tooLong, "must have at most \(specBytesMax) bytes of JSON")
        } else {
            do throws(PortalError) {
                _ = try VClusterSpec(validating: template.spec)
            } catch {
                errors.add(error.fields)
            }
        }
        try errors.throwIfAny()
        return Template(
            id: template.id,
            name: name,
            description: description,
            environment: template.environment,
            spec: template.spec,
            version: template.version,
            createdBy: template.createdBy,
            createdAt: template.createdAt,
            updatedAt: template.updatedAt
        )
    }

    private static func find(_ query: SQL, in connection: some PostgresQueryable) async throws -> Template {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("template") }
        return try Template(row: row)
    }

    private static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("templates_name_is_unique") {
            throw PortalError(.alreadyExists, "There is a template with this name already.", underlying: error)
        }
    }
}
