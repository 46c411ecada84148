public import FoundationEssentials
public import JSON

/// One aspect of a vcluster's state, in the form of Kubernetes conditions.
public struct VClusterCondition: Sendable, Hashable {
    /// The aspects that the portal watches.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// People can work with it.
        case ready = "Ready"
        /// Something about it changed on the host outside of the portal.
        case drifted = "Drifted"
        /// The host answered the last observation.
        case hostReachable = "HostReachable"
    }

    /// Whether the aspect holds.
    public enum Status: String, Sendable, Hashable {
        /// It holds.
        case `true` = "True"
        /// It does not.
        case `false` = "False"
        /// It could not be found out.
        case unknown = "Unknown"
    }

    /// The aspect; unique among the conditions of a vcluster.
    public var type: Kind
    /// Whether it holds.
    public var status: Status
    /// A CamelCase word for machines.
    public var reason: String
    /// A sentence for a person; may be empty.
    public var message: String
    /// When `status` changed last.
    public var lastTransitionAt: Date

    /// Makes a condition.
    public init(type: Kind, status: Status, reason: String, message: String = "", lastTransitionAt: Date) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionAt = lastTransitionAt
    }
}

extension VClusterCondition: JSONRepresentable {
    /// The schema `Condition` of openapi.yaml.
    public var json: JSONValue {
        [
            "type": .string(type.rawValue), "status": .string(status.rawValue), "reason": .string(reason),
            "message": .string(message), "lastTransitionTime": .string(RFC3339.format(lastTransitionAt)),
        ]
    }

    /// Reads a stored condition; nil for a type that this version does not know.
    init?(stored json: JSONValue) {
        guard let type = json["type"]?.string.flatMap(Kind.init(rawValue:)),
            let status = json["status"]?.string.flatMap(Status.init(rawValue:)),
            let since = json["lastTransitionTime"]?.string.flatMap(RFC3339.parse)
        else { return nil }
        self.init(
            type: type,
            status: status,
            reason: json["reason"]?.string ?? "",
            message: json["message"]?.string ?? "",
            lastTransitionAt: since
        )
    }
}

extension [VClusterCondition] {
    /// The conditions with one of them set; its transition time is kept while its status stays.
    func setting(_ condition: VClusterCondition) -> [VClusterCondition] {
        var conditions = self
        guard let index = firstIndex(where: { $0.type == condition.type }) else { return conditions + [condition] }
        var next = condition
        if conditions[index].status == condition.status {
            next.lastTransitionAt = conditions[index].lastTransitionAt
        }
        conditions[index] = next
        return conditions
    }
}
