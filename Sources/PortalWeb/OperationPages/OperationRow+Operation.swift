import Portal

extension OperationRow {
    /// An operation in a list.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - tenant: Where its vcluster lives; nil when the page shows that already.
    ///   - writer: Writes for the reader.
    init(_ operation: Operation, tenant: String?, _ writer: Localizer) {
        href = Route.operationPage(operation.id).path
        title = Self.title(operation, writer)
        note = [operation.createdByName, tenant].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " · ")
        let percent = writer.text("operation.percent", ["percent": .number(operation.progress)])
        progress = operation.state.isFinal ? nil : ProgressModel(value: operation.progress, label: percent)
        badge = BadgeModel(writer.text("operation.state.\(operation.state.rawValue)"), operation.state.look)
        createdAt = writer.time(operation.createdAt)
    }

    /// “Create payments-dev”.
    static func title(_ operation: Operation, _ writer: Localizer) -> String {
        title(operation.verb, operation.vclusterName, writer)
    }

    /// “Create payments-dev”.
    static func title(_ verb: OperationVerb, _ name: String, _ writer: Localizer) -> String {
        writer.text("operation.verb.\(verb.rawValue)", ["name": .text(name)])
    }
}
