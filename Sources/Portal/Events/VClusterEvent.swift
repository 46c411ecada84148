public import FoundationEssentials
public import JSON

/// Something that happened to a vcluster, told to people.
public struct VClusterEvent: Sendable, Hashable, Identifiable {
    /// Whether somebody should look at it.
    public enum Kind: String, Sendable, Hashable {
        /// As expected.
        case normal = "Normal"
        /// Not as expected.
        case warning = "Warning"
    }

    /// The id; newer ones are greater.
    public var id: EventID
    /// The vcluster.
    public var vclusterID: VClusterID
    /// The operation that it belongs to.
    public var operationID: OperationID?
    /// Whether somebody should look at it.
    public var type: Kind
    /// A CamelCase word for machines: `Created`, `Suspended`, `OperationFailed`.
    public var reason: String
    /// A sentence for a person.
    public var message: String
    /// Who made it happen: a person's name or a part of the portal.
    public var actorName: String
    /// When it happened.
    public var createdAt: Date
}

extension VClusterEvent: JSONRepresentable {
    /// The schema `VClusterEvent` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": .string(id.description), "vclusterId": .string(vclusterID.description),
            "operationId": JSONValue(id: operationID), "type": .string(type.rawValue), "reason": .string(reason),
            "message": .string(message), "actorName": .string(actorName), "createdAt": JSONValue(time: createdAt),
        ]
    }
}
