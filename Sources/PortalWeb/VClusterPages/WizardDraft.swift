import FoundationEssentials
import JSON
import Portal

/// The vcluster that the wizard's input describes, with what is wrong about it.
struct WizardDraft: Sendable {
    /// What was entered.
    let input: WizardInput
    /// What could be chosen.
    let offer: WizardOffer

    /// Something that has to be corrected.
    struct Problem: Sendable, Equatable {
        /// The field; nil for a problem of no single field.
        let field: WizardField?
        /// What to do, for the reader.
        let text: String
    }

    /// The value of the choice “no template”.
    static let blank = "blank"

    /// The template to start from; nil for none.
    var template: Template? {
        input[.templateId].flatMap { id in offer.templates.first { $0.id.description == id } }
    }

    /// The chosen size; without a choice the template's, or the smallest.
    var size: WizardSize {
        let chosen = input[.size].flatMap(WizardSize.init(rawValue:))
        if chosen == .template, template == nil { return .small }
        return chosen ?? (template == nil ? .small : .template)
    }

    /// The chosen environment; without a choice the template's, or development.
    var environment: VClusterEnvironment {
        input[.environment].flatMap(VClusterEnvironment.init(rawValue:))
            ?? template?.environment.flatMap(VClusterEnvironment.init(rawValue:)) ?? .development
    }

    /// When it deletes itself.
    var expiry: WizardExpiry { input[.expires].flatMap(WizardExpiry.init(rawValue:)) ?? .never }

    /// The tenant; the only one there is needs no choice.
    var tenantID: TenantID? {
        if let chosen = input[.tenantId].flatMap({ TenantID($0) }) { return chosen }
        return offer.tenantIDs.count == 1 ? offer.tenantIDs[0] : nil
    }

    /// What a step got wrong, in the order of its fields; the review has nothing of its own.
    func problems(of step: WizardStep, _ writer: Localizer) -> [Problem] {
        switch step {
        case .template: templateProblems(writer)
        case .name: nameProblems(writer)
        case .size: specProblems(writer)
        case .review: []
        }
    }

    /// The part of the spec that was entered, to be merged over the template's.
    var spec: JSONValue {
        var spec = JSONObject()
        if let quota { spec["quota"] = quota }
        if let replicas = input[.replicas] { spec["replicas"] = VClusterScaleForm.number(replicas) }
        if let version = input[.kubernetesVersion] { spec["kubernetesVersion"] = .string(version) }
        if let type = input[.backingStore] { spec["backingStore"] = ["type": .string(type)] }
        if let isolation = input[.isolation] { spec["isolation"] = .string(isolation) }
        if let type = input[.exposure] { spec["exposure"] = ["type": .string(type)] }
        return .object(spec)
    }

    /// The whole spec.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every field that is wrong.
    func validatedSpec() throws(PortalError) -> VClusterSpec {
        try VClusterSpec(validating: template?.spec.mergePatched(by: spec) ?? spec)
    }

    /// The labels, and the first line that is not one.
    var labels: (values: [String: String], wrongLine: String?) {
        var values: [String: String] = [:]
        for line in (input[.labels] ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else { return (values, String(line)) }
            values[String(parts[0])] = String(parts[1])
        }
        return (values, nil)
    }

    /// What the domain is asked for; nil before a tenant was chosen.
    func wanted(now: Date) -> NewVCluster? {
        guard let tenantID else { return nil }
        return NewVCluster(
            tenantID: tenantID,
            hostID: input[.hostId].flatMap { HostID($0) },
            name: input[.name] ?? "",
            spec: spec,
            templateID: template?.id,
            labels: labels.values,
            environment: environment,
            expiresAt: expiry.seconds.map { now.addingTimeInterval($0) }
        )
    }

    /// The envelope of the workloads; nil leaves it to the template.
    private var quota: JSONValue? {
        if let amounts = size.amounts {
            return [
                "cpu": .string(amounts.cpu), "memory": .string(amounts.memory), "storage": .string(amounts.storage),
                "gpus": template?.spec["quota"]?["gpus"] ?? .number(JSONNumber(amounts.gpus)),
            ]
        }
        guard size == .custom else { return nil }
        var quota = JSONObject()
        for field in [WizardField.cpu, .memory, .storage] { quota[field.rawValue] = JSONValue(input[field]) }
        for field in [WizardField.pods, .gpus] {
            quota[field.rawValue] = input[field].map(VClusterScaleForm.number) ?? .null
        }
        return .object(quota)
    }

    private func templateProblems(_ writer: Localizer) -> [Problem] {
        guard let chosen = input[.templateId] else {
            return [Problem(field: .templateId, text: writer.text("wizard.template.missing"))]
        }
        if chosen == Self.blank || template != nil { return [] }
        return [Problem(field: .templateId, text: writer.text("wizard.template.gone"))]
    }

    private func nameProblems(_ writer: Localizer) -> [Problem] {
        var problems = NewVCluster.problems(name: input[.name] ?? "").map {
            Problem(field: .name, text: writer.text($0))
        }
        if tenantID.map({ !offer.tenantIDs.contains($0) }) ?? true {
            problems.append(Problem(field: .tenantId, text: writer.text("wizard.name.tenantChoose") + "."))
        }
        if let wrong = labels.wrongLine {
            problems.append(Problem(field: .labels, text: writer.text("wizard.name.labelsBad", ["line": .text(wrong)])))
        } else {
            problems += NewVCluster.problems(labels: labels.values).map {
                Problem(field: .labels, text: writer.text($0))
            }
        }
        return problems
    }

    private func specProblems(_ writer: Localizer) -> [Problem] {
        do {
            _ = try validatedSpec()
            return []
        } catch {
            return Self.problems(error, writer)
        }
    }

    /// The fields that choose things, by what the domain calls them when they do not exist any more.
    private static let chosen: [String: WizardField] = [
        "tenant": .tenantId, "host": .hostId, "template": .templateId,
    ]

    /// The fields of an error as problems; an error without fields is one problem.
    static func problems(_ error: PortalError, _ writer: Localizer) -> [Problem] {
        if error.code == .alreadyExists { return [Problem(field: .name, text: writer.text("fieldError.TAKEN"))] }
        if let field = error.noun.flatMap({ chosen[$0] }) {
            return [Problem(field: field, text: writer.text("fieldError.NOT_FOUND"))]
        }
        guard !error.fields.isEmpty else { return [Problem(field: nil, text: writer.text(error))] }
        return error.fields.map { fieldError in
            let field = WizardField(path: fieldError.field)
            let text = writer.text(fieldError)
            return Problem(field: field, text: field == nil ? "\(fieldError.field): \(text)" : text)
        }
    }
}
