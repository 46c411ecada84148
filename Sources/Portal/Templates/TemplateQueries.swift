import FoundationEssentials
import JSON
import Postgres

/// The SQL of templates.
enum TemplateQueries {
    private static let columns: SQL = """
        p.id AS template_id, p.name, p.description, p.environment, p.spec, p.version, p.created_by, p.created_at,
        p.updated_at
        """

    /// One template by primary key.
    static func byID(_ id: TemplateID) -> SQL {
        """
        SELECT \(sql: columns)
        FROM templates AS p
        WHERE p.id = \(id)
        """
    }

    /// One template, locked against other changes until the end of the transaction.
    static func byIDForUpdate(_ id: TemplateID) -> SQL {
        byID(id) + " FOR NO KEY UPDATE"
    }

    /// One template by name without regard to case; index `templates_name_is_unique`.
    static func byName(_ name: String) -> SQL {
        """
        SELECT \(sql: columns)
        FROM templates AS p
        WHERE lower(p.name) = lower(\(name))
        """
    }

    /// A page of templates by name without regard to case; index `templates_name_is_unique`.
    static func page(after name: String?, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns)
        FROM templates AS p
        WHERE lower(p.name) > lower(\(name ?? ""))
        ORDER BY lower(p.name)
        LIMIT \(rowsMax)
        """
    }

    /// Adds a template; violates `templates_name_is_unique`.
    static func insert(_ template: Template) -> SQL {
        """
        INSERT INTO templates (id, name, description, environment, spec, created_by, created_at, updated_at)
        VALUES (\(template.id), \(template.name), \(template.description), \(template.environment), \(template.spec),
            \(template.createdBy), \(template.createdAt), \(template.createdAt))
        """
    }

    /// Writes the changeable fields and returns the template; violates `templates_name_is_unique`.
    static func update(_ template: Template, at time: Date) -> SQL {
        """
        UPDATE templates AS p
        SET name = \(template.name), description = \(template.description), environment = \(template.environment),
            spec = \(template.spec), version = p.version + 1, updated_at = \(time)
        WHERE p.id = \(template.id)
        RETURNING \(sql: columns)
        """
    }

    /// Removes a template.
    static func delete(_ id: TemplateID) -> SQL {
        """
        DELETE FROM templates
        WHERE id = \(id)
        """
    }
}

extension Template {
    /// Reads the columns of `TemplateQueries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("template_id"),
            name: try row.decode("name"),
            description: try row.decode("description"),
            environment: try row.decode("environment"),
            spec: try row.decode("spec"),
            version: try row.decode("version"),
            createdBy: try row.decode("created_by"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}
