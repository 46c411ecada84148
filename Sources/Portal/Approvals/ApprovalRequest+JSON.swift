public import JSON

extension ApprovalRequest: JSONRepresentable {
    /// The schema `ApprovalRequest` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = [
            "id": id.json,
            "tenantId": tenantID.json,
            "tenantName": .string(tenantName),
            "verb": .string(verb.rawValue),
            "state": .string(state.rawValue),
            "vclusterId": vclusterID.map(\.json) ?? .null,
            "vclusterName": .string(vclusterName),
            "requester": ["id": requesterID.json, "name": .string(requesterName)],
            "change": change,
            "before": before,
            "policy": policy.json,
            "step": step.json,
            "growth": growth.json,
            "heldUntil": JSONValue(time: heldUntil),
            "operationId": operationID.map(\.json) ?? .null,
            "failure": failure.map { ["code": .string($0.code), "detail": .string($0.message)] } ?? .null,
        ]
        object["createdAt"] = JSONValue(time: createdAt)
        object["updatedAt"] = JSONValue(time: updatedAt)
        object["expiresAt"] = JSONValue(time: expiresAt)
        object["endedAt"] = JSONValue(time: endedAt)
        return .object(object)
    }
}

extension ApprovalEntry: JSONRepresentable {
    /// The schema `ApprovalEntry` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json, "kind": .string(kind.rawValue), "step": step.json, "comment": .string(comment),
            "user": ["id": userID.json, "name": .string(userName)], "createdAt": JSONValue(time: createdAt),
            "quota": impact.map(\.json) ?? .null,
        ]
    }
}

extension ApprovalRequestDetail: JSONRepresentable {
    /// The schema `ApprovalRequestDetail` of openapi.yaml.
    public var json: JSONValue {
        var object = request.json.object ?? [:]
        object["held"] = .bool(isHeld)
        object["quota"] = impact.json
        object["quotaWhenFiled"] = request.impact.json
        object["entries"] = entries.json
        object["asked"] = .array(people.map { .string($0.name) })
        object["allowedActions"] = .array(allowedActions.map { .string($0.rawValue) })
        return .object(object)
    }
}

extension QuotaImpact: JSONRepresentable {
    /// An array of the schema `QuotaImpact` of openapi.yaml.
    public var json: JSONValue {
        .array(
            rows.map { row in
                let dimension = row.dimension
                return [
                    "tenantId": row.tenantID.json, "tenantName": .string(row.tenantName),
                    "dimension": .string(dimension.name),
                    "limit": row.limit.map { dimension.json($0) } ?? .null,
                    "before": dimension.json(row.before), "after": dimension.json(row.after),
                ]
            }
        )
    }
}
