public import JSON

extension ApprovalPolicyContent: JSONRepresentable {
    /// The members that a request may set.
    public var json: JSONValue {
        [
            "name": .string(name), "description": .string(description), "position": (position ?? 0).json,
            "verbs": .array(verbs.map { .string($0.rawValue) }), "conditions": conditions.json,
            "steps": .array(steps.map(\.json)), "holdHours": holdHours.map(\.json) ?? .null,
            "expiryHours": expiryHours.json, "enabled": .bool(isEnabled),
        ]
    }

    /// The names of `json`.
    public static let members = [
        "name", "description", "position", "verbs", "conditions", "steps", "holdHours", "expiryHours", "enabled",
    ]

    /// Reads and checks what a request says, over what was there before.
    ///
    /// - Parameters:
    ///   - json: Members of the schema `ApprovalPolicyUpdate`; an absent one stays as it was, `holdHours` too unless it
    ///     is null.
    ///   - before: The policy before; nil for a new one, whose name, verbs and steps are required.
    /// - Throws: `PortalError` `.invalidArgument` with every wrong field.
    init(_ json: JSONValue, over before: ApprovalPolicyContent?) throws(PortalError) {
        typealias Limits = PortalLimits.Approvals
        var errors = FieldErrors()
        for key in (json.object ?? [:]).keys where !Self.members.contains(key) {
            errors.add(key, FieldErrorCode.unknownField, "is not known")
        }
        func member(_ key: String) -> JSONValue? { json.present(key) }
        func hours(_ key: String, _ most: Int, _ before: Int?) -> Int? {
            guard let value = member(key) else { return before }
            guard let hours = value.int.flatMap(Int.init(exactly:)), (1...most).contains(hours) else {
                errors.add(key, FieldErrorCode.outOfRange, "must be a whole number between 1 and \(most)")
                return before
            }
            return hours
        }
        name = TextRules.line(
            member("name")?.string ?? before?.name ?? "",
            field: "name",
            lengthMax: Limits.nameLengthMax,
            errors: &errors
        )
        description = TextRules.paragraph(
            member("description")?.string ?? before?.description ?? "",
            field: "description",
            lengthMax: Limits.descriptionLengthMax,
            errors: &errors
        )
        position = member("position").map { $0.int.flatMap(Int.init(exactly:)) ?? -1 } ?? before?.position
        if let position, !(0...Limits.positionMax).contains(position) {
            errors.add("position", FieldErrorCode.outOfRange, "must be between 0 and \(Limits.positionMax)")
        }
        verbs = Self.verbs(member("verbs"), before, &errors)
        conditions =
            member("conditions").map { ApprovalConditions($0, errors: &errors) } ?? before?.conditions ?? .none
        steps = Self.steps(member("steps"), before, &errors)
        let held = hours("holdHours", Limits.holdHoursMax, before?.holdHours)
        holdHours = json["holdHours"]?.isNull == true ? nil : held
        expiryHours = hours("expiryHours", Limits.expiryHoursMax, before?.expiryHours) ?? Limits.expiryHoursDefault
        isEnabled = member("enabled").map { $0.bool ?? true } ?? before?.isEnabled ?? true
        if let enabled = member("enabled"), enabled.bool == nil {
            errors.add("enabled", FieldErrorCode.invalidType, "must be true or false")
        }
        try errors.throwIfAny()
    }

    private static func verbs(
        _ json: JSONValue?,
        _ before: ApprovalPolicyContent?,
        _ errors: inout FieldErrors
    ) -> [ApprovalVerb] {
        guard let json else {
            if before == nil { errors.add("verbs", FieldErrorCode.required, "is required") }
            return before?.verbs ?? []
        }
        let wanted = json.array?.map { $0.string.flatMap(ApprovalVerb.init(rawValue:)) } ?? []
        if wanted.isEmpty || wanted.contains(where: { $0 == nil }) {
            let names = ApprovalVerb.allCases.map(\.rawValue).joined(separator: ", ")
            errors.add("verbs", FieldErrorCode.invalidValue, "must be one or more of \(names)")
        }
        return ApprovalVerb.allCases.filter { wanted.contains($0) }
    }

    private static func steps(
        _ json: JSONValue?,
        _ before: ApprovalPolicyContent?,
        _ errors: inout FieldErrors
    ) -> [ApprovalStep] {
        guard let json else {
            if before == nil { errors.add("steps", FieldErrorCode.required, "is required") }
            return before?.steps ?? []
        }
        guard let steps = json.array, (1...PortalLimits.Approvals.stepsMax).contains(steps.count) else {
            let most = PortalLimits.Approvals.stepsMax
            errors.add("steps", FieldErrorCode.invalidValue, "must be 1 to \(most) steps")
            return []
        }
        return steps.enumerated().compactMap { ApprovalStep($1, at: "steps[\($0)]", errors: &errors) }
    }
}
