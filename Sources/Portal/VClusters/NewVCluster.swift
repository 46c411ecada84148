public import FoundationEssentials
public import JSON

/// What a caller sends to get a vcluster.
public struct NewVCluster: Sendable {
    /// The tenant that will own it.
    public var tenantID: TenantID
    /// The host; nil lets the portal choose the least loaded one that accepts new vclusters.
    public var hostID: HostID?
    /// The name: a DNS label of at most 40 characters, unique in the tenant.
    public var name: String
    /// What it should be, as `VClusterSpec` JSON; merged over the template's spec (RFC 7396) when there is one.
    public var spec: JSONValue
    /// The template to start from.
    public var templateID: TemplateID?
    /// Labels in the form of Kubernetes.
    public var labels: [String: String]
    /// What it is for; nil takes the template's word, or `dev`.
    public var environment: VClusterEnvironment?
    /// How much of its resources it can rely on.
    public var qosClass: VClusterQoSClass
    /// When it deletes itself; nil for never.
    public var expiresAt: Date?
    /// The spec is all of it: the template is remembered, and nothing of it is filled in.
    var isSpecWhole = false

    /// Makes a wish.
    public init(
        tenantID: TenantID,
        hostID: HostID? = nil,
        name: String,
        spec: JSONValue = [:],
        templateID: TemplateID? = nil,
        labels: [String: String] = [:],
        environment: VClusterEnvironment? = nil,
        qosClass: VClusterQoSClass = .burstable,
        expiresAt: Date? = nil
    ) {
        self.tenantID = tenantID
        self.hostID = hostID
        self.name = name
        self.spec = spec
        self.templateID = templateID
        self.labels = labels
        self.environment = environment
        self.qosClass = qosClass
        self.expiresAt = expiresAt
    }
}

extension NewVCluster {
    /// The longest name: the chart makes longer names of it that must stay under 63.
    public static let nameLengthMax = 40
    /// The most labels.
    public static let labelsMax = 64

    /// Checks a name by its form alone.
    public static func problems(name: String, at path: String = "name") -> [FieldError] {
        var errors = FieldErrors()
        if name.isEmpty {
            errors.add(path, FieldErrorCode.required, "is required")
        } else if name.utf8.count > nameLengthMax {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(nameLengthMax) characters")
        } else if !KubernetesNames.isLabel(name, lengthMax: nameLengthMax) {
            errors.add(path, FieldErrorCode.invalidValue, VClusterSpec.labelRule)
        } else if name.first?.isLetter != true {
            // Service names, which the chart derives from it, have to start with a letter (RFC 1035).
            errors.add(path, FieldErrorCode.invalidValue, "must start with a letter")
        }
        return errors.all
    }

    /// Checks labels by their form alone.
    public static func problems(labels: [String: String], at path: String = "labels") -> [FieldError] {
        var errors = FieldErrors()
        if labels.count > labelsMax {
            errors.add(path, FieldErrorCode.tooLong, "must have at most \(labelsMax) entries")
        }
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            if !KubernetesNames.isQualifiedName(key) {
                errors.add("\(path)[\"\(key)\"]", FieldErrorCode.invalidValue, "is not a valid label key")
            } else if !KubernetesNames.isLabelValue(value) {
                errors.add(
                    "\(path)[\"\(key)\"]",
                    FieldErrorCode.invalidValue,
                    "must have at most 63 letters, digits, '-', '_' or '.', with a letter or digit at both ends"
                )
            }
        }
        return errors.all
    }
}
