import JSON
public import Portal

/// Checks what only the chart knows about a spec.
public struct ValuesValidator: Sendable {
    private let schema: ChartSchema
    private let chartVersion: String?

    /// Creates a validator.
    ///
    /// - Parameters:
    ///   - schema: The schema of the chart, or the one that ships with the portal.
    ///   - chartVersion: Version of the chart that would be installed, when it is known.
    public init(schema: ChartSchema, chartVersion: String?) {
        self.schema = schema
        self.chartVersion = chartVersion
    }

    /// Checks a spec and the document generated from it.
    ///
    /// - Returns: Every problem with the path of the field that a person can change: `spec.helmValues.…` for what the
    ///   spec's own values bring in, `host.helmValues.…` for the host's, `spec` for the rest.
    public func problems(of spec: VClusterSpec, context: HelmValues.Context) -> [FieldError] {
        var problems = versionProblems(of: spec)
        problems += RemovedKeys.problems(in: spec.helmValues, path: "spec.helmValues")
        let document = HelmValues(spec: spec, context: context).document
        for violation in schema.violations(in: .object(document)) {
            let field = Self.field(of: violation, spec: spec, context: context)
            let problem = FieldError(field: field, code: violation.rule.fieldErrorCode, message: violation.message)
            if !problems.contains(problem) { problems.append(problem) }
        }
        return problems
    }

    /// The spec's own rules again, now with the version of the chart that the spec left open.
    private func versionProblems(of spec: VClusterSpec) -> [FieldError] {
        guard spec.chartVersion == nil, let chartVersion else { return [] }
        var completed = spec
        completed.chartVersion = chartVersion
        let known = Set(spec.problems())
        let fields = ["spec.chartVersion", "spec.kubernetesVersion", "spec.distro"]
        return completed.problems().filter { fields.contains($0.field) && !known.contains($0) }
    }

    private static func field(
        of violation: SchemaViolation,
        spec: VClusterSpec,
        context: HelmValues.Context
    ) -> String {
        let path = violation.path
        if contains(path, in: spec.helmValues) { return join("spec.helmValues", path) }
        if contains(path, in: context.settings.helmValues) { return join("host.helmValues", path) }
        return "spec"
    }

    private static func join(_ base: String, _ path: String) -> String {
        path.isEmpty || path.hasPrefix("[") ? base + path : "\(base).\(path)"
    }

    /// Whether a document has a value at a path that the schema check reported.
    private static func contains(_ path: String, in values: JSONObject) -> Bool {
        func walk(_ value: JSONValue, at place: SchemaPath) -> Bool {
            let text = place.text
            if text == path { return true }
            guard text.isEmpty || path.hasPrefix(text) else { return false }
            switch value {
            case .object(let object): return object.contains { walk($0.value, at: .key($0.key, of: place)) }
            case .array(let array):
                return array.enumerated().contains { walk($0.element, at: .index($0.offset, of: place)) }
            default: return false
            }
        }
        return walk(.object(values), at: .root)
    }
}

extension SchemaViolation.Rule {
    /// The code of the API's field errors.
    var fieldErrorCode: String {
        switch self {
        case .unknownKey: FieldErrorCode.unknownField
        case .missingKey: FieldErrorCode.required
        case .wrongType: FieldErrorCode.invalidType
        case .outOfRange: FieldErrorCode.outOfRange
        case .tooDeep: FieldErrorCode.tooLong
        case .notAllowed, .noAlternative: FieldErrorCode.invalidValue
        }
    }
}
