public import FoundationEssentials
public import JSON

/// One long-running change of a vcluster, durable: it goes on after crashes, elsewhere if it must.
public struct Operation: Sendable, Hashable, Identifiable {
    /// The id; newer ones are greater.
    public var id: OperationID
    /// The tenant that owns the vcluster.
    public var tenantID: TenantID
    /// The tenant and its ancestors, root first.
    public var tenantPath: [TenantID]
    /// The vcluster.
    public var vclusterID: VClusterID
    /// The name of the vcluster.
    public var vclusterName: String
    /// What it does.
    public var verb: OperationVerb
    /// Where it is in its life.
    public var state: OperationState
    /// How far it is, 0 … 100; never falls.
    public var progress: Int
    /// Its steps in order; empty in lists.
    public var steps: [OperationStep]
    /// How often a worker has begun or continued it.
    public var attempt: Int
    /// Why it failed: a `HostFailureReason` or another CamelCase word.
    public var reason: String?
    /// What is going on, is retried or went wrong, for a person; may be empty.
    public var message: String
    /// A person wants it stopped; the worker will notice at its next chance.
    public var isCancelRequested: Bool
    /// The operation whose work it continues.
    public var retryOf: OperationID?
    /// Who asked for it; nil for the portal itself.
    public var createdBy: UserID?
    /// The name of who asked for it.
    public var createdByName: String
    /// When it was asked for.
    public var createdAt: Date
    /// When a worker began.
    public var startedAt: Date?
    /// When it ended.
    public var finishedAt: Date?
    /// When it gives up.
    public var deadlineAt: Date
    /// When it runs next, while `pending` or `waiting`.
    public var runAt: Date
}

/// One part of an operation; idempotent, so that it may run again after a crash.
public struct OperationStep: Sendable, Hashable {
    /// Where a step is in its life.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not begun.
        case pending
        /// A worker is at it, or will come back to it.
        case running
        /// Done; never runs again in this operation.
        case succeeded
        /// Given up.
        case failed
        /// Not needed, or not reached because of a cancellation.
        case skipped
    }

    /// The name, unique in the operation: `install`, `waitUntilReady`.
    public var name: String
    /// Its share of the progress; the weights of an operation add up to 100.
    public var weight: Int
    /// Where it is in its life.
    public var state: State
    /// How often it was begun.
    public var attempt: Int
    /// When it was begun first.
    public var startedAt: Date?
    /// When it ended.
    public var finishedAt: Date?
    /// What is going on or went wrong, for a person; may be empty.
    public var message: String
}

extension Operation: JSONRepresentable {
    /// The schema `Operation` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": .string(id.description),
            "tenantId": .string(tenantID.description),
            "vclusterId": .string(vclusterID.description),
            "vclusterName": .string(vclusterName),
            "verb": .string(verb.rawValue),
            "state": .string(state.rawValue),
            "progress": progress.json,
            "attempt": attempt.json,
            "reason": reason.json,
            "message": .string(message),
            "cancelRequested": .bool(isCancelRequested),
        ]
        object["retryOf"] = JSONValue(id: retryOf)
        object["createdBy"] = JSONValue(id: createdBy)
        object["createdByName"] = .string(createdByName)
        object["createdAt"] = JSONValue(time: createdAt)
        object["startedAt"] = JSONValue(time: startedAt)
        object["finishedAt"] = JSONValue(time: finishedAt)
        object["deadlineAt"] = JSONValue(time: deadlineAt)
        object["steps"] = steps.json
        return .object(object)
    }
}

extension OperationStep: JSONRepresentable {
    /// The schema `OperationStep` of openapi.yaml.
    public var json: JSONValue {
        [
            "name": .string(name), "weight": weight.json, "state": .string(state.rawValue), "attempt": attempt.json,
            "startedAt": JSONValue(time: startedAt), "finishedAt": JSONValue(time: finishedAt),
            "message": .string(message),
        ]
    }
}
