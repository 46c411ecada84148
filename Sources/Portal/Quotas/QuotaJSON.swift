public import JSON

extension QuotaLimits: JSONRepresentable {
    /// What a PUT of the quota takes, with every limit that is set.
    public var json: JSONValue {
        func members(_ value: (QuotaDimension) -> JSONValue?) -> JSONValue {
            .object(JSONObject(dimensions.compactMap { dimension in value(dimension).map { (dimension.name, $0) } }))
        }
        return [
            "limits": members { dimension in self[dimension].amount.map { dimension.json($0) } },
            "overcommit": members { dimension in self[dimension].amount == nil ? nil : self[dimension].overcommitJSON },
            "userCaps": members { dimension in self[dimension].userCap.map { dimension.json($0) } },
            "strict": .bool(isStrict),
        ]
    }
}

extension QuotaLimit {
    /// The factor as a number, `1.5`; exact, because three decimals of a small number survive a `Double`.
    var overcommitJSON: JSONValue { (Double(overcommitPerMille) / 1000).json }
}

extension QuotaReport: JSONRepresentable {
    /// The schema `TenantQuota` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = ["tenantId": tenantID.json, "tenantName": .string(tenantName)]
        for (name, value) in limits.json.object ?? [:] { object[name] = value }
        object["dimensions"] = .array(rows.map(\.json))
        object["levels"] = .array(levels.map(\.json))
        return .object(object)
    }
}

extension QuotaReport.Row: JSONRepresentable {
    /// The schema `QuotaRow` of openapi.yaml.
    public var json: JSONValue {
        [
            "dimension": .string(dimension.name),
            "limit": limit.amount.map { dimension.json($0) } ?? .null,
            "bound": limit.bound.map { dimension.json($0) } ?? .null,
            "userCap": limit.userCap.map { dimension.json($0) } ?? .null,
            "own": dimension.json(own),
            "used": dimension.json(used),
            "guaranteed": dimension.json(guaranteed),
            "batch": dimension.json(batch),
            "reserved": dimension.json(reserved),
            "lent": dimension.json(lent),
            "borrowed": dimension.json(borrowed),
            "lendable": lendable.map { dimension.json($0) } ?? .null,
            "headroom": headroom.map { dimension.json($0) } ?? .null,
            "overQuota": .bool(isOver),
            "boundedBy": boundedBy?.json(in: dimension) ?? .null,
        ]
    }
}

extension QuotaReport.Bound {
    /// The schema `QuotaBound` of openapi.yaml.
    func json(in dimension: QuotaDimension) -> JSONValue {
        [
            "tenantId": tenantID.json,
            "tenantName": .string(tenantName),
            "dimension": .string(dimension.name),
            "limit": dimension.json(limit),
            "used": dimension.json(used),
            "headroom": dimension.json(headroom),
        ]
    }
}

extension QuotaReport.Level: JSONRepresentable {
    /// The schema `QuotaLevel` of openapi.yaml.
    public var json: JSONValue {
        [
            "tenantId": tenantID.json,
            "tenantName": .string(tenantName),
            "strict": .bool(isStrict),
            "dimensions": .array(rows.map { $0.bound.json(in: $0.dimension) }),
        ]
    }
}

extension QuotaPreview: JSONRepresentable {
    /// The schema `QuotaPreview` of openapi.yaml.
    public var json: JSONValue {
        ["allowed": .bool(isAllowed), "violations": .array(violations.map(\.json))]
    }
}

extension QuotaPreview.Violation: JSONRepresentable {
    /// The schema `QuotaViolation` of openapi.yaml.
    public var json: JSONValue {
        let dimension = refusal.dimension
        return [
            "reason": .string(refusal.reason.rawValue),
            "blocking": .bool(isBlocking),
            "level": ["tenantId": refusal.tenantID.json, "tenantName": .string(refusal.tenantName)],
            "dimension": .string(dimension.name),
            "limit": dimension.json(refusal.limit),
            "used": dimension.json(refusal.used),
            "requested": dimension.json(refusal.requested),
            "missing": dimension.json(refusal.missing),
            "detail": .string(refusal.sentence),
        ]
    }
}
