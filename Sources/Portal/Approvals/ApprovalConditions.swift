public import JSON

/// Which changes a policy is about beside their verb: every condition that is set has to hold.
public struct ApprovalConditions: Sendable, Hashable {
    /// The environments; empty is any.
    public let environments: Set<VClusterEnvironment>
    /// Labels that the vcluster has to have, with these values; empty is any.
    public let labels: [String: String]
    /// The hosts; empty is any.
    public let hostIDs: Set<HostID>
    /// The templates; empty is any, and none.
    public let templateIDs: Set<TemplateID>
    /// Only growth beyond one of these amounts; empty is any change.
    public let above: [QuotaDimension: Int64]

    /// No condition at all.
    public static let none = ApprovalConditions(
        environments: [],
        labels: [:],
        hostIDs: [],
        templateIDs: [],
        above: [:]
    )

    /// Whether the conditions on everything but amounts hold for a vcluster.
    func hold(for attributes: AccessAttributes, template: TemplateID?) -> Bool {
        (environments.isEmpty || environments.contains(attributes.environment))
            && labels.allSatisfy { attributes.labels[$0.key] == $0.value }
            && (hostIDs.isEmpty || attributes.hostID.map(hostIDs.contains) == true)
            && (templateIDs.isEmpty || template.map(templateIDs.contains) == true)
    }

    /// Whether something grows beyond one of the amounts; true when there are none.
    func exceeded(by amounts: QuotaAmounts, from before: QuotaAmounts?) -> Bool {
        above.isEmpty || above.contains { amounts[$0.key] > $0.value && amounts[$0.key] > (before?[$0.key] ?? 0) }
    }
}

extension ApprovalConditions: JSONRepresentable {
    /// The schema `ApprovalConditions` of openapi.yaml.
    public var json: JSONValue {
        let amounts = above.sorted { $0.key < $1.key }.map { ($0.key.name, $0.key.json($0.value)) }
        return [
            "environments": .array(environments.map(\.rawValue).sorted().map { .string($0) }),
            "labels": JSONValue(strings: labels),
            "hostIds": .array(hostIDs.sorted().map(\.json)),
            "templateIds": .array(templateIDs.sorted().map(\.json)),
            "above": .object(JSONObject(amounts)),
        ]
    }

    /// Reads and checks the schema `ApprovalConditions`; what is wrong is in `errors`.
    init(_ json: JSONValue, errors: inout FieldErrors) {
        let path = "conditions"
        guard let object = json.object else {
            errors.add(path, FieldErrorCode.invalidType, "must be an object")
            self = .none
            return
        }
        let known: Set = ["environments", "labels", "hostIds", "templateIds", "above"]
        for key in object.keys where !known.contains(key) {
            errors.add("\(path).\(key)", FieldErrorCode.unknownField, "is not known")
        }
        let environments = Self.list(json["environments"]) { $0.string.flatMap(VClusterEnvironment.init(rawValue:)) }
        if environments == nil {
            errors.add("\(path).environments", FieldErrorCode.invalidValue, "must be some of dev, test, prod")
        }
        let hosts = Self.list(json["hostIds"]) { $0.string.flatMap { HostID($0) } }
        Self.check(hosts?.count, "hosts", at: "\(path).hostIds", errors: &errors)
        let templates = Self.list(json["templateIds"]) { $0.string.flatMap { TemplateID($0) } }
        Self.check(templates?.count, "templates", at: "\(path).templateIds", errors: &errors)
        var labels: [String: String] = [:]
        for (key, value) in json["labels"]?.object ?? [:] {
            labels[key] = value.string
            if value.string == nil {
                errors.add("\(path).labels.\(key)", FieldErrorCode.invalidType, "must be a string")
            }
        }
        errors.add(NewVCluster.problems(labels: labels, at: "\(path).labels"))
        self.init(
            environments: Set(environments ?? []),
            labels: labels,
            hostIDs: Set(hosts ?? []),
            templateIDs: Set(templates ?? []),
            above: Self.amounts(json.present("above"), at: "\(path).above", errors: &errors)
        )
    }

    private static func check(_ count: Int?, _ noun: String, at path: String, errors: inout FieldErrors) {
        let most = PortalLimits.Approvals.referencesMax
        guard let count, count <= most else {
            errors.add(path, FieldErrorCode.invalidValue, "must be at most \(most) ids of \(noun)")
            return
        }
    }

    /// Amounts as the limits of a quota are written.
    private static func amounts(
        _ json: JSONValue?,
        at path: String,
        errors: inout FieldErrors
    ) -> [QuotaDimension: Int64] {
        do throws(PortalError) {
            let patch = try QuotaLimitsPatch(validating: ["limits": json ?? .null])
            return patch.limits.compactMapValues(\.self)
        } catch {
            for field in error.fields {
                errors.add(path + field.field.dropFirst("limits".count), field.code, field.message)
            }
            return [:]
        }
    }

    /// All elements, none for an absent list, nil when one is wrong.
    private static func list<Element>(_ json: JSONValue?, _ read: (JSONValue) -> Element?) -> [Element]? {
        guard let json, !json.isNull else { return [] }
        guard let elements = json.array?.map(read), !elements.contains(where: { $0 == nil }) else { return nil }
        return elements.compactMap(\.self)
    }
}
