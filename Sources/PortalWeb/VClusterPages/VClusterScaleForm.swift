import HTTPCore
import JSON
import Portal

/// The size of a vcluster as a form: what people scale by hand.
struct VClusterScaleForm: Sendable {
    /// The input by field.
    var values: [Field: String]
    /// Why it was not accepted.
    var refusal: PortalError?

    /// The fields in the order of the form.
    enum Field: String, CaseIterable, Sendable {
        case cpu, memory, storage, pods, gpus, replicas

        /// The path of the field in the API.
        var path: String { self == .replicas ? "spec.replicas" : "spec.quota.\(rawValue)" }

        /// Whether the value is a whole number.
        var isNumber: Bool { self == .pods || self == .gpus || self == .replicas }
    }

    /// Reads the form.
    init(_ form: QueryItems) {
        values = [:]
        for field in Field.allCases { values[field] = form.first(named: field.rawValue) ?? "" }
    }

    /// The present size.
    init(_ spec: VClusterSpec) {
        values = [
            .cpu: spec.quota.cpu?.description ?? "", .memory: spec.quota.memory?.description ?? "",
            .storage: spec.quota.storage?.description ?? "", .pods: spec.quota.pods.map(String.init) ?? "",
            .gpus: spec.quota.gpus.map(String.init) ?? "", .replicas: String(spec.replicas),
        ]
    }

    /// What the domain is asked for: only the values that differ; an empty one lifts the limit.
    ///
    /// - Returns: nil when nothing differs.
    func size(changing spec: VClusterSpec) -> JSONValue? {
        let present = VClusterScaleForm(spec).values
        var size = JSONObject()
        var quota = JSONObject()
        for field in Field.allCases {
            let text = values[field] ?? ""
            guard text != present[field] else { continue }
            let value: JSONValue = text.isEmpty ? .null : field.isNumber ? Self.number(text) : .string(text)
            if field == .replicas { size["replicas"] = value } else { quota[field.rawValue] = value }
        }
        if !quota.isEmpty { size["quota"] = .object(quota) }
        return size.isEmpty ? nil : .object(size)
    }

    /// A whole number as one; another text stays a text, so that the domain says what is wrong with it.
    static func number(_ text: String) -> JSONValue {
        Int64(text).map { JSONValue($0) } ?? .string(text)
    }
}

extension VClusterPage.ScaleForm {
    /// The form with its input, or with the present size.
    init(_ vcluster: VCluster, _ form: VClusterScaleForm?, _ writer: Localizer) {
        let shown = form ?? VClusterScaleForm(vcluster.spec)
        let errors = shown.refusal?.fields ?? []
        func error(_ field: VClusterScaleForm.Field) -> String? {
            errors.first { $0.field == field.path || "spec.\($0.field)" == field.path }.map { writer.text($0) }
        }
        let known = Set(VClusterScaleForm.Field.allCases.flatMap { [$0.path, String($0.path.dropFirst(5))] })
        let others = errors.filter { !known.contains($0.field) }
        let summary = form.map { _ in
            ErrorSummaryModel(
                title: errors.isEmpty
                    ? shown.refusal.map { writer.text($0) } ?? writer.text("actions.scaleNothing")
                    : writer.count("wizard.errorsTitle", errors.count),
                items: others.map { .init(text: "\($0.field): \(writer.text($0))") }
            )
        }
        self.init(
            action: Route.vclusterPageAction(.scale, vcluster.id).path,
            isOpen: form != nil,
            errorSummary: summary,
            fields: VClusterScaleForm.Field.allCases.map { field in
                FieldModel(
                    id: "scale-\(field.rawValue)",
                    name: field.rawValue,
                    label: writer.text("wizard.size.\(field.rawValue)"),
                    value: shown.values[field] ?? "",
                    error: error(field)
                ).described
            }
        )
    }
}
