public import JSON
import Postgres

/// Which role is meant: a built-in one by its name, or a custom one by its id.
///
/// Its text is what the API calls the id of a role: `manager`, or a UUID.
public enum RoleReference: Sendable, Hashable, LosslessStringConvertible {
    /// One of the built-in sets.
    case builtIn(Role)
    /// A set that was made at a tenant.
    case custom(RoleID)

    /// Reads the text; nil for neither a name of a built-in role nor an id.
    public init?(_ description: String) {
        if let role = Role(rawValue: description) {
            self = .builtIn(role)
        } else if let id = RoleID(description) {
            self = .custom(id)
        } else {
            return nil
        }
    }

    /// The name of the built-in role, or the id of the custom one.
    public var description: String {
        switch self {
        case .builtIn(let role): role.rawValue
        case .custom(let id): id.description
        }
    }

    /// The built-in role; nil for a custom one.
    var builtIn: Role? {
        if case .builtIn(let role) = self { role } else { nil }
    }

    /// The id of the custom role; nil for a built-in one.
    public var customID: RoleID? {
        if case .custom(let id) = self { id } else { nil }
    }
}

extension RoleReference: JSONRepresentable {
    /// The text as a JSON string.
    public var json: JSONValue { .string(description) }
}
