import HTTPCore

/// What somebody has entered in the wizard so far.
///
/// The steps are ordinary GET forms: the state is in the address, so the browser's own back button, reloading and
/// sharing work, nothing is stored, and only the last button changes something.
struct WizardInput: Sendable {
    /// The input by field, without spaces at the ends; a field that is empty is not there.
    private(set) var values: [WizardField: String] = [:]

    /// Reads an address or a form.
    ///
    /// What it does not know is as if it were not there.
    init(_ items: QueryItems) {
        for field in WizardField.allCases {
            guard let value = items.first(named: field.rawValue) else { continue }
            let lines = value.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
            let text = String(lines.joined(separator: "\n").prefix(WebLimits.Pages.inputCharactersMax))
            if !text.isEmpty { values[field] = text }
        }
    }

    /// The value of a field; nil when it is empty.
    subscript(field: WizardField) -> String? { values[field] }

    /// The address of a step with everything entered so far.
    func href(_ step: WizardStep) -> String {
        var query = QueryItems()
        query.add(WizardStep.parameter, step.rawValue)
        for field in WizardField.allCases {
            if let value = values[field] { query.add(field.rawValue, value) }
        }
        return "\(Route.vclusterNewPage.path)?\(query.encoded)"
    }

    /// The hidden fields of a step's form: what the other steps asked.
    func carried(beside step: WizardStep) -> [VClusterWizardPage.HiddenField] {
        WizardField.allCases.filter { $0.step != step }.compactMap { field in
            values[field].map { VClusterWizardPage.HiddenField(name: field.rawValue, value: $0) }
        }
    }
}

/// The steps of the wizard in their order.
enum WizardStep: String, CaseIterable, Sendable {
    case template, name, size, review

    /// The parameter that says where to go: a button of the form or a link.
    static let parameter = "go"

    /// The key of the step's title.
    var titleKey: String { "wizard.step\(rawValue.prefix(1).uppercased())\(rawValue.dropFirst())" }

    /// The steps before this one.
    var earlier: [WizardStep] { Self.allCases.prefix { $0 != self }.map { $0 } }

    /// The step after this one; nil for the last.
    var next: WizardStep? {
        Self.allCases.firstIndex(of: self).flatMap { index in
            Self.allCases.indices.contains(index + 1) ? Self.allCases[index + 1] : nil
        }
    }
}

/// The fields of the wizard in their order.
enum WizardField: String, CaseIterable, Sendable {
    case templateId
    case name, tenantId, hostId, expires, environment, labels
    case size, cpu, memory, storage, pods, gpus, replicas, kubernetesVersion, backingStore, isolation, exposure

    /// The step that asks for the field.
    var step: WizardStep {
        switch self {
        case .templateId: .template
        case .name, .tenantId, .hostId, .expires, .environment, .labels: .name
        case .size, .cpu, .memory, .storage, .pods, .gpus, .replicas, .kubernetesVersion, .backingStore, .isolation,
            .exposure:
            .size
        }
    }

    /// The path of the field in the API.
    private var path: String {
        switch self {
        case .templateId, .name, .tenantId, .hostId, .environment, .labels, .size: rawValue
        case .expires: "expiresAt"
        case .cpu, .memory, .storage, .pods, .gpus: "spec.quota.\(rawValue)"
        case .replicas, .kubernetesVersion, .isolation: "spec.\(rawValue)"
        case .backingStore, .exposure: "spec.\(rawValue).type"
        }
    }

    /// The field that an error of the API is about; nil when the wizard does not ask for it.
    init?(path: String) {
        let match = Self.allCases.first { field in
            path == field.path || (field == .labels && path.hasPrefix("labels["))
                || (field == .backingStore && path == "spec.backingStore")
                || (field == .exposure && path == "spec.exposure")
        }
        guard let match else { return nil }
        self = match
    }
}

extension Substring {
    /// The text without white space at its ends.
    fileprivate var trimmingSpaces: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
