import Foundation
public import JSON

/// The schema of a chart's values, and the check of a document against it.
///
/// All violations are reported at once, in the order of the document, so that a person can mend a document in one
/// go. A `null` member is accepted where its key is known: in Helm it means "without the chart's default", and it
/// is gone before the chart's own schema check.
///
/// Source: JSON Schema 2020-12 (the chart's file names that draft), subset in `SchemaNode`.
public struct ChartSchema: Sendable {
    private let root: SchemaNode
    private let definitions: [String: SchemaNode]
    private let limits: HostLimits

    /// Compiles a schema from the bytes of a `values.schema.json`.
    ///
    /// - Throws: `ChartSchemaError`.
    public init(parsing bytes: [UInt8], limits: HostLimits = HostLimits()) throws(ChartSchemaError) {
        guard bytes.count <= limits.schemaBytesMax else { throw .malformed(reason: "more than the allowed bytes") }
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        var compiler = SchemaCompiler()
        root = try compiler.compile(document: document)
        definitions = compiler.definitions
        self.limits = limits
    }

    /// Reads and compiles a schema file.
    ///
    /// - Throws: `ChartSchemaError`.
    public static func load(path: String, limits: HostLimits = HostLimits()) throws(ChartSchemaError) -> ChartSchema {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        return try ChartSchema(parsing: [UInt8](data), limits: limits)
    }

    /// Checks a values document.
    ///
    /// - Returns: At most `HostLimits.schemaViolationsMax` violations in the order of the document; empty when the
    ///   document satisfies the schema.
    public func violations(in document: JSONValue) -> [SchemaViolation] {
        var check = SchemaCheck(definitions: definitions, limits: limits)
        check.check(document, against: root, at: .root, depth: 0)
        return Array(check.violations.prefix(limits.schemaViolationsMax))
    }
}
