public import FoundationEssentials
public import JSON

/// A row of the audit log.
public struct AuditEvent: Sendable, Identifiable {
    /// The id.
    public let id: AuditEventID
    /// Which of the hash chains it is in, from 0.
    public let chain: Int
    /// Its place in the chain, from 1 without gaps.
    public let sequence: Int64
    /// When it was done.
    public let at: Date
    /// The user who did it; nil for a part of the portal.
    public let actorID: UserID?
    /// The e-mail of that user at that time, or the name of the part of the portal.
    public let actorName: String
    /// How the actor proved who they are: `session:<id>`, `token:<id>` or `system`.
    public let credential: String
    /// What was done: `noun.verb`.
    public let verb: String
    /// What it was done to.
    public let object: AuditObject
    /// The object before, as JSON text exactly as it was written.
    public let before: String?
    /// The object after, as JSON text exactly as it was written.
    public let after: String?
    /// The id of the request that asked for it.
    public let requestID: String?
    /// How it ended.
    public let result: AuditResult
}

extension AuditEvent: JSONRepresentable {
    /// The schema `AuditEvent` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "at": .string(RFC3339.format(at)),
            "actor": [
                "id": actorID.map(\.json) ?? .null,
                "name": .string(actorName),
                "credential": .string(credential),
            ],
            "tenantId": object.tenantPath?.last.map(\.json) ?? .null,
            "verb": .string(verb),
            "object": ["kind": .string(object.kind), "id": .string(object.id), "name": .string(object.name)],
            "before": Self.document(before),
            "after": Self.document(after),
            "requestId": requestID.map { .string($0) } ?? .null,
            "result": .string(result.rawValue),
        ]
    }

    private static func document(_ text: String?) -> JSONValue {
        text.flatMap { try? JSONValue(parsing: $0) } ?? .null
    }
}
