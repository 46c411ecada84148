import JSON

extension QuotaRefusal {
    /// The error that the API and the pages show.
    ///
    /// - Parameter contacts: Who can raise the limit, by name; empty when the caller may not know them.
    /// - Returns: `.quotaExceeded` with the members of openapi.yaml `QuotaProblem`; `.invalidArgument` for a vcluster
    ///   without an envelope.
    func error(contacts: [String]) -> PortalError {
        if reason == .unbounded {
            return .invalid(
                Self.envelopeField(dimension),
                FieldErrorCode.required,
                "is required, because \(tenantName) limits \(dimension.name) to \(dimension.text(limit))"
            )
        }
        return PortalError(.quotaExceeded, message(contacts: contacts), extensions: members(contacts: contacts))
    }

    /// The field of a spec that bounds a dimension.
    private static func envelopeField(_ dimension: QuotaDimension) -> String {
        if case .extended(let name) = dimension { return "spec.quota.extended[\"\(name)\"]" }
        return "spec.quota.\(dimension.name)"
    }

    private func message(contacts: [String]) -> String {
        let ask = contacts.isEmpty ? "a manager above \(tenantName)" : contacts.joined(separator: " or ")
        return "\(sentence) Free some of it, or ask \(ask) to raise the limit."
    }

    /// What is broken, by how much, in one sentence.
    var sentence: String {
        let taken = "\(dimension.text(used)) \(used == 1 && dimension.unit == .count ? "is" : "are") taken"
        let start = "\(what) \(dimension.text(limit)) \(dimension.name) \(whose), and \(taken)"
        guard requested > 0 else { return "\(start): \(dimension.text(missing)) too much." }
        return "\(start): \(dimension.text(requested)) more is \(dimension.text(missing)) too much."
    }

    private var what: String {
        switch reason {
        case .limit, .unbounded: "\(tenantName) may reserve"
        case .guaranteed: "\(tenantName) may guarantee"
        case .batch: "\(tenantName) has for batch vclusters at most"
        case .remainder: "\(tenantName) is strict and has left for itself"
        case .user: "In \(tenantName) one user may have"
        case .slices: "\(tenantName) is strict and may hand out"
        }
    }

    private var whose: String {
        switch reason {
        case .limit, .guaranteed, .batch, .unbounded: "in all"
        case .remainder: "beside the slices of its children"
        case .user: "there"
        case .slices: "to its children"
        }
    }

    private func members(contacts: [String]) -> JSONObject {
        [
            "reason": .string(reason.rawValue),
            "level": ["tenantId": tenantID.json, "tenantName": .string(tenantName)],
            "dimension": .string(dimension.name),
            "limit": dimension.json(limit),
            "used": dimension.json(used),
            "requested": dimension.json(requested),
            "headroom": dimension.json(headroom),
            "missing": dimension.json(missing),
            "contacts": .array(contacts.map { .string($0) }),
            "request": request,
        ]
    }

    /// The request that would make room, for those who may send it or hand it on.
    private var request: JSONValue {
        let path = "/api/v1/tenants/\(tenantID)/quota"
        let name = dimension.name
        let wanted = dimension.json(configured + missing)
        let body: JSONValue = reason == .user ? ["userCaps": [name: wanted]] : ["limits": [name: wanted]]
        return ["method": "PUT", "path": .string(path), "body": body]
    }
}
