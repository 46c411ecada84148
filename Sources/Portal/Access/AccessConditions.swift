public import FoundationEssentials
public import JSON

/// When a rule speaks: every condition that is set has to hold; without any it always does.
public struct AccessConditions: Sendable, Hashable {
    /// The environments; empty is any.
    public let environments: Set<VClusterEnvironment>
    /// Labels that the vcluster has to have, with these values; empty is any.
    public let labels: [String: String]
    /// The hosts; empty is any.
    public let hostIDs: Set<HostID>
    /// The time; nil is always.
    public let window: AccessWindow?

    /// One kind of condition, by its name in the API.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `environments`.
        case environments
        /// `labels`.
        case labels
        /// `hostIds`.
        case hostIDs = "hostIds"
        /// `window`.
        case window
    }

    /// No condition at all.
    public static let none = AccessConditions(environments: [], labels: [:], hostIDs: [], window: nil)

    /// The conditions that do not hold for a vcluster at a time, in the order of their kinds.
    public func failing(for attributes: AccessAttributes, at time: Date) -> [Kind] {
        Kind.allCases.filter { kind in
            switch kind {
            case .environments: !environments.isEmpty && !environments.contains(attributes.environment)
            case .labels: !labels.allSatisfy { attributes.labels[$0.key] == $0.value }
            case .hostIDs: !hostIDs.isEmpty && attributes.hostID.map(hostIDs.contains) != true
            case .window: window?.holds(at: time) == false
            }
        }
    }
}

/// What rules look at in a vcluster, one that exists or one that is wanted.
public struct AccessAttributes: Sendable, Hashable {
    /// The tenant and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// What it is for.
    public let environment: VClusterEnvironment
    /// Its labels.
    public let labels: [String: String]
    /// Where it lives; nil while that is open, which satisfies no condition on hosts.
    public let hostID: HostID?

    /// Attributes of a vcluster that need not exist.
    public init(
        tenantPath: [TenantID],
        environment: VClusterEnvironment = .development,
        labels: [String: String] = [:],
        hostID: HostID? = nil
    ) {
        self.tenantPath = tenantPath
        self.environment = environment
        self.labels = labels
        self.hostID = hostID
    }

    /// The attributes of a vcluster.
    init(of vcluster: VCluster) {
        self.init(
            tenantPath: vcluster.tenantPath,
            environment: vcluster.environment,
            labels: vcluster.labels,
            hostID: vcluster.hostID
        )
    }
}

extension AccessConditions: JSONRepresentable {
    /// The schema `AccessConditions` of openapi.yaml.
    public var json: JSONValue {
        [
            "environments": .array(environments.map(\.rawValue).sorted().map { .string($0) }),
            "labels": JSONValue(strings: labels),
            "hostIds": .array(hostIDs.sorted().map(\.json)),
            "window": window?.json ?? .null,
        ]
    }

    /// Reads and checks the schema `AccessConditions`; what is wrong is in `errors`.
    ///
    /// - Parameters:
    ///   - json: The conditions.
    ///   - isStored: True for what was checked when it was written; see `AccessWindow`.
    ///   - errors: Gets what is wrong.
    init(_ json: JSONValue, isStored: Bool, errors: inout FieldErrors) {
        let path = "conditions"
        guard let object = json.object else {
            errors.add(path, FieldErrorCode.invalidType, "must be an object")
            self = .none
            return
        }
        let known = Set(Kind.allCases.map(\.rawValue))
        for key in object.keys where !known.contains(key) {
            errors.add("\(path).\(key)", FieldErrorCode.unknownField, "is not known")
        }
        let environments = Self.list(json["environments"]) { $0.string.flatMap(VClusterEnvironment.init(rawValue:)) }
        if environments == nil {
            errors.add("\(path).environments", FieldErrorCode.invalidValue, "must be some of dev, test, prod")
        }
        let hosts = Self.list(json["hostIds"]) { $0.string.flatMap { HostID($0) } }
        if hosts == nil || hosts?.count ?? 0 > PortalLimits.AccessRules.hostsMax {
            let countMax = PortalLimits.AccessRules.hostsMax
            errors.add("\(path).hostIds", FieldErrorCode.invalidValue, "must be at most \(countMax) ids of hosts")
        }
        var labels: [String: String] = [:]
        for (key, value) in json["labels"]?.object ?? [:] {
            labels[key] = value.string
            if value.string == nil {
                errors.add("\(path).labels.\(key)", FieldErrorCode.invalidType, "must be a string")
            }
        }
        errors.add(NewVCluster.problems(labels: labels, at: "\(path).labels"))
        let window = json.present("window")
        self.init(
            environments: Set(environments ?? []),
            labels: labels,
            hostIDs: Set(hosts ?? []),
            window: window.flatMap { AccessWindow($0, isStored: isStored, at: "\(path).window", errors: &errors) }
        )
    }

    /// All elements, none for an absent list, nil when one is wrong.
    private static func list<Element>(_ json: JSONValue?, _ read: (JSONValue) -> Element?) -> [Element]? {
        guard let json, !json.isNull else { return [] }
        guard let elements = json.array?.map(read), !elements.contains(where: { $0 == nil }) else { return nil }
        return elements.compactMap(\.self)
    }
}

extension JSONValue {
    /// A member that is there and not null.
    func present(_ key: String) -> JSONValue? {
        guard let member = self[key], !member.isNull else { return Optional.none }
        return member
    }
}
