public import JSON

/// Who is asked at one point of a chain, and how many of them have to agree.
public struct ApprovalStep: Sendable, Hashable {
    /// Who is asked.
    public enum Approvers: Sendable, Hashable {
        /// Those who have a role at the nearest tenant up the path where somebody has it.
        case role(RoleReference)
        /// These people.
        case users([UserID])
    }

    /// Who is asked.
    public let approvers: Approvers
    /// How many have to agree, 1 …; one that says no ends the request.
    public let quorum: Int

    /// A step.
    public init(approvers: Approvers, quorum: Int) {
        self.approvers = approvers
        self.quorum = quorum
    }
}

extension ApprovalStep: JSONRepresentable {
    /// The schema `ApprovalStep` of openapi.yaml; the database reads it too.
    public var json: JSONValue {
        switch approvers {
        case .role(let role): ["role": role.json, "users": .null, "quorum": quorum.json]
        case .users(let ids): ["role": .null, "users": .array(ids.map(\.json)), "quorum": quorum.json]
        }
    }

    /// Reads and checks the schema `ApprovalStep`; nil with what is wrong in `errors`.
    ///
    /// - Parameters:
    ///   - json: The step.
    ///   - path: Its path in the request, `steps[0]`.
    ///   - errors: Gets what is wrong.
    init?(_ json: JSONValue, at path: String, errors: inout FieldErrors) {
        guard let object = json.object else {
            errors.add(path, FieldErrorCode.invalidType, "must be an object")
            return nil
        }
        let known: Set = ["role", "users", "quorum"]
        for key in object.keys where !known.contains(key) {
            errors.add("\(path).\(key)", FieldErrorCode.unknownField, "is not known")
        }
        let quorum = json.present("quorum").map { $0.int.flatMap(Int.init(exactly:)) ?? 0 } ?? 1
        if !(1...PortalLimits.Approvals.quorumMax).contains(quorum) {
            let most = PortalLimits.Approvals.quorumMax
            errors.add("\(path).quorum", FieldErrorCode.outOfRange, "must be between 1 and \(most)")
        }
        guard let approvers = Self.approvers(json, at: path, errors: &errors) else { return nil }
        if case .users(let ids) = approvers, quorum > ids.count {
            errors.add("\(path).quorum", FieldErrorCode.outOfRange, "must not be more than the people who are named")
        }
        self.init(approvers: approvers, quorum: quorum)
    }

    private static func approvers(_ json: JSONValue, at path: String, errors: inout FieldErrors) -> Approvers? {
        switch (json.present("role"), json.present("users")) {
        case (let role?, nil):
            guard let reference = role.string.flatMap({ RoleReference($0) }) else {
                errors.add(
                    "\(path).role",
                    FieldErrorCode.invalidValue,
                    "must be the name of a built-in role, or the id of a role of your own"
                )
                return nil
            }
            return .role(reference)
        case (nil, let users?):
            let ids = users.array?.map { $0.string.flatMap { UserID($0) } } ?? []
            let most = PortalLimits.Approvals.usersPerStepMax
            guard !ids.isEmpty, ids.count <= most, ids.allSatisfy({ $0 != nil }), Set(ids).count == ids.count else {
                errors.add("\(path).users", FieldErrorCode.invalidValue, "must be 1 to \(most) ids of users, each once")
                return nil
            }
            return .users(ids.compactMap(\.self))
        default:
            errors.add(path, FieldErrorCode.invalidValue, "must name either a role or users")
            return nil
        }
    }

    /// Reads what was checked when it was written; nil for a row that was changed by hand.
    init?(stored json: JSONValue) {
        var errors = FieldErrors()
        self.init(json, at: "", errors: &errors)
    }
}
